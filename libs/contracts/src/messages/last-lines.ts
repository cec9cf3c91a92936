import type { LeftOut } from './left-out.js';
import type { Parsed } from '../parsing/parsing.js';
import { cutText } from '../parsing/text.js';

/** Enough for the trace of an error; what is kept of a crash for ever must stay small. */
const maxLines = 20;
const maxLineCharacters = 500;
const maxBytes = 4_096;

/**
 * The newest of what an instance printed before it failed, as it may stand in a message and in the ledger: at most
 * 20 lines of 500 characters, and 4 KiB as JSON; what is too much goes from the oldest on.
 */
export function newestLines(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let bytes = '[]'.length;
  for (const line of lines.slice(-maxLines).reverse()) {
    const short =
      line.length > maxLineCharacters ? `${cutText(line, maxLineCharacters - 1)}…` : line;
    const text = short.toWellFormed();
    bytes += new TextEncoder().encode(JSON.stringify(text)).byteLength + 1;
    if (bytes > maxBytes) break;
    kept.push(text);
  }
  return kept.reverse();
}

/** A member that is last lines: as many of them as may be; anything but a list of texts is left out. */
export function lastLinesOf(value: unknown, field: string, leftOut: LeftOut): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) {
    return newestLines(value);
  }
  leftOut.addUnlike(field, value, 'a list of texts');
  return [];
}

export function lastLinesIn(
  value: unknown,
  name: string,
  leftOut: LeftOut,
): Parsed<readonly string[] | undefined> {
  const lines = lastLinesOf(value, name, leftOut);
  return { ok: true, value: lines.length === 0 ? undefined : lines };
}
