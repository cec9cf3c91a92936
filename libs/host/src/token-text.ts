// A secret must never be repeatable, as what the injected randomness gives is.
// oxlint-disable-next-line no-restricted-imports
import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const secretBytes = 32;
/** Digits that 32 bytes have at most, to the base of 62, and those of a CRC-32. */
const secretDigits = 43;
const checkDigits = 6;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(alphabet.length);
const form = new RegExp(`^oakring_[0-9A-Za-z]{${secretDigits + checkDigits}}$`);

/** `oakring_`, 43 digits of 256 bits of chance, and 6 of a CRC-32 over these: what finds leaked secrets knows it. */
export function newToken(): string {
  const digits = inDigits(BigInt(`0x${randomBytes(secretBytes).toString('hex')}`), secretDigits);
  return `oakring_${digits}${checkOf(digits)}`;
}

/** Whether it is written as ours are: what was cut or mistyped is not. */
export function isToken(text: string): boolean {
  return form.test(text) && checkOf(text.slice(8, -checkDigits)) === text.slice(-checkDigits);
}

/** Whether it is meant as one of ours. */
export function looksLikeToken(text: string): boolean {
  return text.startsWith('oakring_');
}

/**
 * What is kept of a token. Nobody guesses 256 bits of chance, however fast a guess is, so nothing slow or salted is
 * needed, and a request costs a microsecond. SHA-256, hexadecimal; of bytes as of the text that they are in UTF-8.
 */
export function hashOfToken(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex');
}

function checkOf(digits: string): string {
  return inDigits(BigInt(crc32(digits)), checkDigits);
}

function inDigits(value: bigint, count: number): string {
  let text = '';
  for (let rest = value; text.length < count; rest /= base) {
    text = (alphabet[Number(rest % base)] ?? '') + text;
  }
  return text;
}
