// Keys and nonces must never be repeatable, as what the injected randomness gives is.
// oxlint-disable-next-line no-restricted-imports
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
export const sealingKeyBytes = 32;

/** A key of the system's own chance. */
export function newSealingKey(): Buffer {
  return randomBytes(sealingKeyBytes);
}

/**
 * A text encrypted by AES-256-GCM with a key of 32 bytes, in base64: nonce, what is encrypted, tag. `bound` is
 * what it belongs to: it opens for nothing else, and is not in it.
 */
export function sealValue(text: string, key: Uint8Array, bound: string): string {
  const nonce = randomBytes(nonceBytes);
  const encrypting = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(bound));
  const sealed = Buffer.concat([encrypting.update(text, 'utf8'), encrypting.final()]);
  return Buffer.concat([nonce, sealed, encrypting.getAuthTag()]).toString('base64');
}

/** Null: it is of another key, belongs to something else, or was changed. */
export function openValue(sealed: string, key: Uint8Array, bound: string): string | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < nonceBytes + tagBytes) return null;
  const nonce = bytes.subarray(0, nonceBytes);
  const decrypting = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  decrypting.setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(-tagBytes));
  const text = decrypting.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([text, decrypting.final()]).toString('utf8');
  } catch {
    return null;
  }
}
