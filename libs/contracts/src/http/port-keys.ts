/** A port as a node has it. */
interface OfNode {
  readonly published: number;
  readonly protocol: string;
  /** Of the node; null: all of them. */
  readonly address: string | null;
}

/** What one of a node has: `8080/tcp`, `127.0.0.1:8080/tcp`. */
export function portKey({ address, published, protocol }: OfNode): string {
  const where = address?.includes(':') === true ? `[${address}]` : address;
  return `${where === null ? '' : `${where}:`}${published}/${protocol}`;
}

const everywhere: ReadonlySet<string> = new Set(['', '0.0.0.0', '[::]']);

/** Whether one node cannot have both: the same port of the same address, or of all of them. */
export function clash(one: string, other: string): boolean {
  if (one === other) return true;
  const [address, port] = partsOf(one);
  const [otherAddress, otherPort] = partsOf(other);
  return (
    port === otherPort &&
    (address === otherAddress || everywhere.has(address) || everywhere.has(otherAddress))
  );
}

function partsOf(key: string): readonly [address: string, port: string] {
  const at = key.lastIndexOf(':');
  return [key.slice(0, Math.max(0, at)), key.slice(at + 1)];
}
