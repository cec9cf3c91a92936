import { BitString, Integer, OctetString } from 'asn1js';
import { createHash, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtKeyUsage,
  Extension,
  type RelativeDistinguishedNames,
  Time,
  TimeType,
} from 'pkijs';
import { bytesOf, pemOf } from './bytes.js';
import { signingKey, verifyingKey } from './keys.js';
import { alternativeNames, nameOf, type Subject } from './names.js';

/** By whom and with what one is signed. */
export interface Signer {
  readonly name: RelativeDistinguishedNames;
  /** PEM. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string | Uint8Array;
}

export type Purpose = 'authority' | 'server' | 'client';

export interface Wanted {
  readonly subject: Subject;
  readonly publicKey: string | Uint8Array;
  /** An authority is nothing else. */
  readonly purposes: readonly Purpose[];
  /** Host names and addresses that a server is reached by. */
  readonly names: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

const oid = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
};
const serialBytes = 16;
const keyIdBytes = 20;
/** Later times have another form (RFC 5280, 4.1.2.5). */
const lastShortYear = 2049;

/** A certificate (PEM) as RFC 5280 has it; `signer` null: it signs itself with `ownKey`. */
export async function issue(wanted: Wanted, signer: Signer | { readonly ownKey: string }) {
  const { subject, publicKey, from, to } = wanted;
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = newSerial();
  certificate.subject = nameOf(subject);
  certificate.issuer = 'ownKey' in signer ? nameOf(subject) : signer.name;
  certificate.notBefore = timeOf(from);
  certificate.notAfter = timeOf(to);
  await certificate.subjectPublicKeyInfo.importKey(await verifyingKey(publicKey));
  const ownId = await keyId(publicKey);
  const signerId = 'ownKey' in signer ? ownId : await keyId(signer.publicKey);
  certificate.extensions = extensionsOf(wanted, ownId, signerId);
  const secret = 'ownKey' in signer ? signer.ownKey : signer.privateKey;
  await certificate.sign(await signingKey(secret), 'SHA-256');
  return pemOf('CERTIFICATE', new Uint8Array(certificate.toSchema(true).toBER()));
}

function extensionsOf(
  { purposes, names }: Wanted,
  ownId: Uint8Array<ArrayBuffer>,
  signerId: Uint8Array<ArrayBuffer>,
): Extension[] {
  const isAuthority = purposes.includes('authority');
  const constraints = isAuthority
    ? new BasicConstraints({ cA: true, pathLenConstraint: 0 })
    : new BasicConstraints({ cA: false });
  // Bits from the left: digitalSignature is 0, keyCertSign 5, cRLSign 6.
  const [bits, unusedBits] = isAuthority ? [0b0000_0110, 1] : [0b1000_0000, 7];
  const usage = new BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits });
  const uses = purposes.flatMap((purpose) => (purpose === 'authority' ? [] : [oid[purpose]]));
  const by = new AuthorityKeyIdentifier({
    keyIdentifier: new OctetString({ valueHex: signerId.buffer }),
  });
  const own = new OctetString({ valueHex: ownId.buffer });
  return [
    extension(oid.basicConstraints, constraints.toSchema(), true),
    extension(oid.keyUsage, usage, true),
    ...(uses.length === 0
      ? []
      : [extension(oid.extKeyUsage, new ExtKeyUsage({ keyPurposes: uses }).toSchema())]),
    ...(names.length === 0
      ? []
      : [extension(oid.subjectAltName, alternativeNames(names).toSchema())]),
    extension(oid.subjectKeyIdentifier, own),
    extension(oid.authorityKeyIdentifier, by.toSchema()),
  ];
}

function extension(extnID: string, value: { toBER(): ArrayBuffer }, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() });
}

function timeOf(value: Date): Time {
  const isLate = value.getUTCFullYear() > lastShortYear;
  return new Time({ type: isLate ? TimeType.GeneralizedTime : TimeType.UTCTime, value });
}

/** Nobody can foresee it, and it is no negative number. */
function newSerial(): Integer {
  const bytes = webcrypto.getRandomValues(new Uint8Array(serialBytes));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return new Integer({ valueHex: bytesOf(bytes).buffer });
}

/** RFC 7093, method 4, without SHA-1: over the key as it is written. */
async function keyId(publicKey: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const written = await webcrypto.subtle.exportKey('spki', await verifyingKey(publicKey));
  const digest = createHash('sha256').update(new Uint8Array(written)).digest();
  return bytesOf(digest.subarray(0, keyIdBytes));
}
