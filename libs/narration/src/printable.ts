import { isObject } from '@oakring/contracts';

/**
 * A value with every text in it safe for a terminal: what came from workers and roots could
 * otherwise move the cursor, recolour the screen or fake lines.
 */
export function printable<T>(value: T): T {
  // The shape stays the same; only the characters of texts change.
  return printableOf(value) as T;
}

function printableOf(value: unknown): unknown {
  if (typeof value === 'string') return printableText(value);
  if (Array.isArray(value)) return value.map(printableOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [printableText(key), printableOf(member)]),
  );
}

/**
 * Control characters, line separators, marks that change the direction of text, and signs that nobody sees, by which
 * one name looks like another.
 */
const unsafe = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060\u2066-\u2069\uFEFF]/gu;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function printableText(text: string): string {
  return text.replace(
    unsafe,
    (character) =>
      named[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A line that somebody's program printed: tabs stay what they are. */
export function printableLine(text: string): string {
  return text.split('\t').map(printableText).join('\t');
}
