import { crc32 } from 'node:zlib';
import { isJsonObject, type JsonObject } from '../../log/canonical-json.js';

const checksumCharacters = 8;

/**
 * A record with a checksum before it: eight hexadecimal digits of the CRC-32 of its address and its
 * text. A checkpoint has no chain of hashes, and a flipped bit in it would be a wrong view.
 */
export function encodeChecked(address: readonly string[], record: JsonObject): string {
  const text = JSON.stringify(record);
  return checksum(address, text) + text;
}

/** The record, or null when its text is not the one that was written under this address. */
export function decodeChecked(address: readonly string[], stored: string): JsonObject | null {
  const text = stored.slice(checksumCharacters);
  if (stored.slice(0, checksumCharacters) !== checksum(address, text)) return null;
  const record: unknown = JSON.parse(text);
  return isJsonObject(record) ? record : null;
}

function checksum(address: readonly string[], text: string): string {
  const value = crc32(text, crc32(JSON.stringify(address)));
  return value.toString(16).padStart(checksumCharacters, '0');
}
