import { createHash } from 'node:crypto';
import { fromBER, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  Certificate,
  CertificateChainValidationEngine,
  type Attribute,
  ContentInfo,
  ExtKeyUsage,
  type RelativeDistinguishedNames,
  SignedData,
  TSTInfo,
  type SignerInfo,
} from 'pkijs';
import { hexOf, sha256OfBytes } from '@oakring/crypto';

/** What an authority says: it saw the content at that time. */
export interface TimeStamp {
  /** ISO 8601, UTC: when the authority saw it. */
  readonly time: string;
  /** Who signed, by the name in its certificate. */
  readonly authority: string;
  /** Whether its certificate leads to one that is trusted, at that time. */
  readonly isTrusted: boolean;
  /** That of the question; null: none. Hexadecimal. */
  readonly nonce: string | null;
}

export type ReadTimeStamp =
  | { readonly status: 'stamp'; readonly stamp: TimeStamp }
  | {
      readonly status: 'refused';
      readonly reason: string;
      /** It is one, and leads to none that is trusted. */
      readonly isOfTrust: boolean;
    };

/** Certificates of authorities whose word is taken. */
export type TrustedCertificates = readonly Certificate[];

const oid = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  commonName: '2.5.4.3',
};
/** SHA-2 alone: what is signed with less proves nothing any more. */
const digests: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
export const sha256 = '2.16.840.1.101.3.4.2.1';
/** ECDSA and RSA with SHA-1, and RSA with MD5. */
const weakSignatures = new Set([
  '1.2.840.10045.4.1',
  '1.2.840.113549.1.1.5',
  '1.2.840.113549.1.1.4',
]);
const pemBlock = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** The certificates of a PEM file. Throws an Error when there is none, or one that cannot be read. */
export function certificatesOf(pem: string): TrustedCertificates {
  const certificates = Array.from(pem.matchAll(pemBlock), ([, base64 = '']) =>
    Certificate.fromBER(bytesOf(Buffer.from(base64, 'base64'))),
  );
  if (certificates.length === 0) throw new Error('there is no certificate in it');
  return certificates;
}

/**
 * Reads a time stamp token (RFC 3161) over the content's UTF-8 bytes and checks what it says: that it is
 * about this content, that one authority signed it, with the certificate that it names and that is for
 * time stamps. With `trusted` it is refused when that certificate does not lead to one of them.
 */
export async function readTimeStamp(
  token: Uint8Array,
  content: string,
  trusted: TrustedCertificates | null,
): Promise<ReadTimeStamp> {
  try {
    return { status: 'stamp', stamp: await stampIn(token, content, trusted) };
  } catch (error) {
    // Whatever a library throws at bytes that somebody else made.
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 'refused', reason, isOfTrust: error instanceof Untrusted };
  }
}

/** All is in order but whose word it is. */
class Untrusted extends Error {}

async function stampIn(
  token: Uint8Array,
  content: string,
  trusted: TrustedCertificates | null,
): Promise<TimeStamp> {
  const signed = signedDataOf(token);
  const info = infoOf(signed, content);
  const [signer, ...others] = signed.signerInfos;
  if (signer === undefined || others.length > 0) throw new Error('it is not signed by one alone');
  demandAttributes(signer);
  const data = bytesOf(new TextEncoder().encode(content)).buffer;
  const verified = await signed.verify({ signer: 0, data, extendedMode: true });
  const certificate = verified.signerCertificate;
  if (verified.signatureVerified !== true || !(certificate instanceof Certificate)) {
    throw new Error('its signature is not that of its certificate');
  }
  demandTimeStamping(certificate);
  demandNamed(signer, certificate);
  const authority = nameOf(certificate.subject);
  if (trusted !== null) await demandTrust(certificate, signed, trusted, info.genTime);
  return {
    time: info.genTime.toISOString(),
    authority,
    isTrusted: trusted !== null,
    nonce: info.nonce === undefined ? null : hexOf(info.nonce.valueBlock.valueHexView),
  };
}

function signedDataOf(token: Uint8Array): SignedData {
  const { offset, result } = fromBER(bytesOf(token));
  if (offset !== token.length) throw new Error('it is no token in DER');
  const content = new ContentInfo({ schema: result });
  if (content.contentType !== oid.signedData) throw new Error('it is not signed');
  return new SignedData({ schema: content.content });
}

/** What is stated, about this content and nothing else. */
function infoOf(signed: SignedData, content: string): TSTInfo {
  const { eContentType, eContent } = signed.encapContentInfo;
  if (eContentType !== oid.tstInfo || eContent === undefined) {
    throw new Error('what it signs is no time stamp');
  }
  const info = TSTInfo.fromBER(eContent.getValue());
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithmId !== sha256) throw new Error('its imprint is not a SHA-256');
  const imprint = hexOf(hashedMessage.valueBlock.valueHexView);
  const expected = sha256OfBytes(new TextEncoder().encode(content));
  if (imprint === expected) return info;
  throw new Error(`it is about another content: its imprint is ${imprint} and not ${expected}`);
}

/** The library takes what is signed without them, and what names another type, for good. */
function demandAttributes(signer: SignerInfo): void {
  const type = onlyAttribute(signer, oid.contentType)?.values[0];
  const digest = onlyAttribute(signer, oid.messageDigest)?.values[0];
  const said = type instanceof ObjectIdentifier ? type.getValue() : null;
  if (said !== oid.tstInfo || digest === undefined) {
    throw new Error('its signature does not say that a time stamp is signed');
  }
  if (digests[signer.digestAlgorithm.algorithmId] === undefined) {
    throw new Error(`its digest is ${signer.digestAlgorithm.algorithmId}, and no SHA-2`);
  }
  if (weakSignatures.has(signer.signatureAlgorithm.algorithmId)) {
    throw new Error('its signature is over a SHA-1');
  }
}

function onlyAttribute(signer: SignerInfo, type: string): Attribute | null {
  const [found, ...others] = (signer.signedAttrs?.attributes ?? []).filter(
    (attribute) => attribute.type === type,
  );
  return found !== undefined && others.length === 0 && found.values.length === 1 ? found : null;
}

/** RFC 3161, section 2.3: for time stamps alone, and critical. */
function demandTimeStamping({ extensions = [] }: Certificate): void {
  const usages = extensions.filter(({ extnID }) => extnID === oid.extendedKeyUsage);
  const [usage] = usages;
  const parsed = usage?.parsedValue;
  const isRight =
    usages.length === 1 &&
    usage?.critical === true &&
    parsed instanceof ExtKeyUsage &&
    parsed.keyPurposes.join() === oid.timeStamping;
  if (!isRight) throw new Error('its certificate is not for time stamps alone (extendedKeyUsage)');
}

/** RFC 5816: the signature says by which certificate, so that none with the same key takes its place. */
function demandNamed(signer: SignerInfo, certificate: Certificate): void {
  const second = onlyAttribute(signer, oid.signingCertificateV2);
  const named = second ?? onlyAttribute(signer, oid.signingCertificate);
  // SEQUENCE { certs SEQUENCE OF ESSCertID, … }, the signer's own first; its algorithm is left out for SHA-256.
  const own = partsOf(partsOf(partsOf(named?.values[0])[0])[0]);
  const [algorithm] = partsOf(own[0]);
  const hash = own.find((part) => part instanceof OctetString);
  const usual = second === null ? 'sha1' : 'sha256';
  const name = algorithm instanceof ObjectIdentifier ? digests[algorithm.getValue()] : usual;
  if (hash === undefined || name === undefined) {
    throw new Error('its signature does not say by which certificate');
  }
  const der = new Uint8Array(certificate.toSchema(false).toBER());
  const digest = createHash(name).update(der).digest('hex');
  if (digest !== hexOf(hash.valueBlock.valueHexView)) {
    throw new Error('its certificate is not the one that its signature names');
  }
}

function partsOf(block: unknown): Sequence['valueBlock']['value'] {
  return block instanceof Sequence ? block.valueBlock.value : [];
}

async function demandTrust(
  certificate: Certificate,
  signed: SignedData,
  trusted: TrustedCertificates,
  at: Date,
): Promise<void> {
  const others = (signed.certificates ?? []).filter(
    (one): one is Certificate => one instanceof Certificate && one !== certificate,
  );
  const chain = new CertificateChainValidationEngine({
    trustedCerts: [...trusted],
    // The one that is judged is the last.
    certs: [...others, certificate],
    checkDate: at,
  });
  const { result, resultMessage } = await chain.verify();
  if (result) return;
  const when = at.toISOString();
  throw new Untrusted(
    `the certificate of ${nameOf(certificate.subject)} leads to none that is trusted at ${when}: ${resultMessage}`,
  );
}

function nameOf({ typesAndValues }: RelativeDistinguishedNames): string {
  const common = typesAndValues.find(({ type }) => type === oid.commonName);
  const texts = (common === undefined ? typesAndValues : [common]).map(
    ({ value }) => value.valueBlock.value,
  );
  return texts.join(', ');
}

/** Of this realm, in a buffer of their own: the library tells by the class. */
export function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
