/** Bytes as lower-case hexadecimal digits, two a byte. */
export function hexOf(bytes: Uint8Array): string {
  let digits = '';
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0');
  return digits;
}

/** What lower-case hexadecimal digits stand for, two a byte. */
export function bytesOfHex(digits: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor(digits.length / 2));
  writeHex(digits, bytes, 0);
  return bytes;
}

/** The same, into `bytes` from `at` on. How many they are. */
export function writeHex(digits: string, bytes: Uint8Array, at: number): number {
  const count = Math.floor(digits.length / 2);
  for (let index = 0; index < count; index += 1) {
    bytes[at + index] = (valueAt(digits, 2 * index) << 4) | valueAt(digits, 2 * index + 1);
  }
  return count;
}

function valueAt(digits: string, at: number): number {
  const code = digits.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
