import { createHash } from 'node:crypto';

/** Of a CycloneDX document, what differs each time that one is made. */
interface Sbom {
  readonly serialNumber?: string;
  readonly metadata: {
    readonly timestamp?: string;
    /** `purl`: `pkg:npm/<name>@<version>`. */
    readonly component: { readonly name: string; readonly purl: string };
  };
}

/**
 * As npm made it, with the same bytes each time: of the moment given (seconds since 1970), named by its content instead
 * of by chance, and about the package instead of the folder that it lies in.
 */
export function steadySbom(text: string, seconds: number): string {
  // What npm wrote.
  const made = JSON.parse(text) as Sbom;
  const timestamp = new Date(seconds * 1_000).toISOString();
  const { component } = made.metadata;
  const [, name = component.name] = /^pkg:npm\/(.+)@[^@]+$/.exec(component.purl) ?? [];
  const metadata = { ...made.metadata, timestamp, component: { ...component, name } };
  const named = { ...made, metadata, serialNumber: undefined };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(named))}`;
  return `${JSON.stringify({ ...named, serialNumber }, null, 2)}\n`;
}

/** RFC 9562, version 8: of a digest. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text, 'utf8').digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
