import { writeHex } from './hex.js';
import { nodeCrypto, portable } from './runtime.js';

/** SHA-256 of a text's UTF-8 bytes, in hexadecimal. */
export function sha256(text: string): string {
  // One call is twice as fast as an object for it.
  if (nodeCrypto !== undefined) return nodeCrypto.hash('sha256', text);
  return sha256OfBytes(new TextEncoder().encode(text));
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256OfBytes(bytes: Uint8Array): string {
  if (nodeCrypto !== undefined) return nodeCrypto.hash('sha256', bytes);
  return here().bytesToHex(here().sha256(bytes));
}

/** Room for a prefix and two digests: what is hashed of trees is as short, and is hashed often. */
const scratch = nodeCrypto === undefined ? null : Buffer.alloc(65);

/** SHA-256 of one byte and what follows it, each part given in hexadecimal; two digests at most. */
export function sha256OfHex(prefix: number, ...parts: readonly string[]): string {
  if (nodeCrypto !== undefined && scratch !== null) {
    scratch[0] = prefix;
    let length = 1;
    // A loop here is four times as fast as a call into the engine for so few digits.
    for (const part of parts) length += writeHex(part, scratch, length);
    // One call is four times as fast as an object for it.
    return nodeCrypto.hash('sha256', scratch.subarray(0, length));
  }
  const digest = here().sha256.create().update(Uint8Array.of(prefix));
  for (const part of parts) digest.update(here().hexToBytes(part));
  return here().bytesToHex(digest.digest());
}

function here(): NonNullable<typeof portable> {
  if (portable === undefined) throw new Error('neither Node nor a browser');
  return portable;
}
