import { base64Of, bytesOfBase64 } from './base64.js';
import { nodeCrypto, portable } from './runtime.js';
import { sha256OfBytes } from './sha256.js';

/** What precedes the 32 bytes of an Ed25519 key in its SPKI (RFC 8410). */
const spkiPrefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/** SHA-256 of a public key's SPKI DER (given as base64), in hexadecimal. */
export function fingerprintOf(publicKey: string): string {
  return sha256OfBytes(bytesOfBase64(publicKey) ?? new Uint8Array());
}

/** The 32 bytes of a public key (RFC 8032) out of its SPKI DER in base64; null when it is none. */
export function ed25519BytesOf(publicKey: string): Uint8Array | null {
  const spki = bytesOfBase64(publicKey);
  if (spki?.length !== 44 || spkiPrefix.some((byte, index) => spki[index] !== byte)) return null;
  return spki.slice(spkiPrefix.length);
}

/** The other way round: SPKI DER, base64, of the 32 bytes of a public key. */
export function ed25519KeyOfBytes(key: Uint8Array): string {
  return base64Of(Uint8Array.of(...spkiPrefix, ...key));
}

/**
 * Whether the holder of an Ed25519 key signed the UTF-8 bytes of `text`. `publicKey` is SPKI DER,
 * `signature` 64 bytes, both base64 in their one form. Never throws: what is no key or no signature
 * signed nothing.
 */
export function isSigned(text: string, publicKey: string, signature: string): boolean {
  const key = ed25519BytesOf(publicKey);
  const signed = bytesOfBase64(signature);
  if (key === null || signed?.length !== 64) return false;
  const message = new TextEncoder().encode(text);
  try {
    if (nodeCrypto !== undefined) {
      // As DER through a Buffer: what of the process is Node's is Node's.
      const spki = nodeCrypto.createPublicKey({
        key: Buffer.from(publicKey, 'base64'),
        format: 'der',
        type: 'spki',
      });
      return nodeCrypto.verify(null, message, spki, signed);
    }
    // RFC 8032 as OpenSSL has it, not ZIP-215: both say the same of every signature.
    return portable?.ed25519.verify(signed, message, key, { zip215: false }) ?? false;
  } catch {
    return false;
  }
}

/** A private key that signs, and its public half. */
export interface Ed25519Key {
  /** SPKI, DER, base64. */
  readonly publicKey: string;
  /** Signature of the text's UTF-8 bytes, base64. */
  sign(text: string): string;
}

/** The key in a PEM text (PKCS #8). Throws when it is none, not Ed25519, or where there is no Node. */
export function ed25519KeyOf(pem: string): Ed25519Key {
  if (nodeCrypto === undefined) throw new Error('private keys are read by Node only');
  const { createPrivateKey, createPublicKey, sign } = nodeCrypto;
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error(`it is a key for ${privateKey.asymmetricKeyType ?? 'nothing'}, not Ed25519`);
  }
  return {
    publicKey: createPublicKey(privateKey)
      .export({ type: 'spki', format: 'der' })
      .toString('base64'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  };
}
