import { crc32 } from 'node:zlib';
import { isJsonObject, type JsonObject } from '@oakring/events';

const checksumCharacters = 8;

/**
 * A text with a checksum before it: eight hexadecimal digits of the CRC-32 of its address and itself.
 * A checkpoint has no chain of hashes, and a flipped bit in it would be a wrong view.
 */
export function checked(address: readonly string[], text: string): string {
  return checksum(address, text) + text;
}

/** The text, or null when it is not the one that was written under this address. */
export function unchecked(address: readonly string[], stored: string): string | null {
  const text = stored.slice(checksumCharacters);
  return stored.slice(0, checksumCharacters) === checksum(address, text) ? text : null;
}

export function encodeChecked(address: readonly string[], record: JsonObject): string {
  return checked(address, JSON.stringify(record));
}

export function decodeChecked(address: readonly string[], stored: string): JsonObject | null {
  const text = unchecked(address, stored);
  const record: unknown = text === null ? null : JSON.parse(text);
  return isJsonObject(record) ? record : null;
}

function checksum(address: readonly string[], text: string): string {
  const value = crc32(text, crc32(JSON.stringify(address)));
  return value.toString(16).padStart(checksumCharacters, '0');
}
