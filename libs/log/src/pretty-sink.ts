import type { LogFacts, LogLevel, Sink } from './log-entry.js';
import { safeText } from './safe-text.js';

const dim = (text: string): string => `\u001B[2m${text}\u001B[22m`;
const yellow = (text: string): string => `\u001B[33m${text}\u001B[39m`;
const red = (text: string): string => `\u001B[31m${text}\u001B[39m`;
const plain = (text: string): string => text;

const paints: Readonly<Record<LogLevel, (text: string) => string>> = {
  debug: dim,
  info: plain,
  warn: yellow,
  error: red,
  fatal: red,
};

/**
 * For a person: one line an entry, `2026-11-28T13:35:26.123Z warn  Manager  what happened [web/0 on edge-1]`:
 * time of the wall clock in UTC, so that lines of several machines sort together. Names from outside are in
 * it: control characters are written as escapes, and further lines (a stack) are indented, so that no text
 * from outside can pose as an entry of its own.
 */
export function prettySink(write: (line: string) => void, colors: boolean): Sink {
  return ({ level, atMs, context, text, facts }) => {
    const at = new Date(atMs).toISOString();
    const paint = colors ? paints[level] : plain;
    const head = `${(colors ? dim : plain)(at)} ${paint(level.padEnd(5))}`;
    const body = escaped(safeText(text)).replaceAll('\n', '\n    ');
    write(`${head} ${context}  ${body}${about(facts)}`);
  };
}

function about({ node, job, instance, repeated, withinMs }: LogFacts): string {
  const place = job === undefined ? [] : [instance === undefined ? job : `${job}/${instance}`];
  if (node !== undefined) place.push(node);
  const where = place.length === 0 ? '' : ` [${escaped(place.join(' on '))}]`;
  if (repeated === undefined || withinMs === undefined) return where;
  return `${where} (${repeated} times more in ${withinMs / 1_000} s)`;
}

/** All but the line feed, and what some terminals take for the beginning of a sequence. */
function escaped(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these characters are what is replaced
    /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
