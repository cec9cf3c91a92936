/** Base 64 (RFC 4648, section 4) of bytes, padded. */
export function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** What a text in base 64 stands for; null where it is not the one text that stands for its bytes. */
export function bytesOfBase64(text: string): Uint8Array | null {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
  return base64Of(bytes) === text ? bytes : null;
}
