import { X509Certificate } from 'node:crypto';

/** What a certificate says, as people and programs read it. */
export interface KnownCertificate {
  /** Its common name, or all of its name where it has none. */
  readonly subject: string;
  readonly issuer: string;
  /** Host names and addresses that it is for. */
  readonly names: readonly string[];
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  /** SHA-256, hexadecimal. */
  readonly fingerprint: string;
  /** It may sign others. */
  readonly isAuthority: boolean;
}

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in its order. Throws an Error where one cannot be read. */
export function certificatesIn(text: string): readonly KnownCertificate[] {
  return allIn(text).map(known);
}

/** The same, as Node has them. */
export function allIn(text: string): readonly X509Certificate[] {
  return Array.from(text.matchAll(pem), ([each]) => new X509Certificate(each));
}

function known(certificate: X509Certificate): KnownCertificate {
  const { subject, issuer, subjectAltName, validFrom, validTo, ca } = certificate;
  return {
    subject: nameIn(subject),
    issuer: nameIn(issuer),
    names: namesIn(subjectAltName ?? ''),
    from: new Date(validFrom).toISOString(),
    to: new Date(validTo).toISOString(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    isAuthority: ca,
  };
}

/** Node writes a line a part: `O=oakring`. */
function nameIn(name: string | undefined): string {
  const parts = (name ?? '').split('\n');
  const common = parts.find((part) => part.startsWith('CN='));
  return common === undefined ? parts.join(', ') : common.slice('CN='.length);
}

/** `DNS:a, IP Address:127.0.0.1`; a name with a comma in it is written in quotes, and is none of a host. */
function namesIn(text: string): readonly string[] {
  return text.split(', ').flatMap((part) => {
    const [, name] = /^(?:DNS|IP Address):(.+)$/.exec(part) ?? [];
    return name === undefined ? [] : [shortAddress(name)];
  });
}

/** Node writes `FE80:0:0:0:0:0:0:1`. */
function shortAddress(name: string): string {
  if (!name.includes(':') || !URL.canParse(`http://[${name}]`)) return name.toLowerCase();
  return new URL(`http://[${name}]`).hostname.slice(1, -1);
}
