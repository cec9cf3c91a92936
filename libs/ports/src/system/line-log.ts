import type { Clock } from '../clock.port.js';
import { systemPorts } from './system-ports.js';

/** Sink of log lines in the shape that Nest's `Logger` writes to. */
export interface LineLog {
  log(message: unknown, ...rest: unknown[]): void;
  warn(message: unknown, ...rest: unknown[]): void;
  error(message: unknown, ...rest: unknown[]): void;
  fatal(message: unknown, ...rest: unknown[]): void;
  /** Only these are written from now on; Nest passes on what an application is made with. */
  setLogLevels(levels: readonly string[]): void;
}

type Write = (line: string) => void;

const dim = (text: string): string => `\u001B[2m${text}\u001B[22m`;
const yellow = (text: string): string => `\u001B[33m${text}\u001B[39m`;
const red = (text: string): string => `\u001B[31m${text}\u001B[39m`;
const plain = (text: string): string => text;

/** As people know them, where Nest has another name. */
const shownLevels: Readonly<Record<string, string>> = { log: 'info' };

/**
 * One line an entry, `2026-11-28T13:35:26.123Z warn  Manager  what happened`: time of the wall clock in
 * UTC, so that lines of several machines sort together. Colours are for a person at a terminal
 * (`colors`). Names from outside are in it: control characters are written as escapes, and further lines
 * (a stack) are indented, so that no text from outside can pose as an entry of its own.
 */
export function lineLog(write: Write, clock: Clock, colors: boolean): LineLog {
  let wanted: readonly string[] = ['log', 'warn', 'error', 'fatal'];
  const entry =
    (level: string, paint: (text: string) => string) =>
    (message: unknown, ...rest: unknown[]): void => {
      if (!wanted.includes(level)) return;
      // Nest appends the name of the logger, and before it the stack that a caller gave.
      const context = rest.length > 0 ? String(rest.at(-1)) : '';
      const texts = [message, ...rest.slice(0, -1)].filter((text) => text !== undefined);
      const at = new Date(clock.wallMs()).toISOString();
      const head = `${(colors ? dim : plain)(at)} ${(colors ? paint : plain)((shownLevels[level] ?? level).padEnd(5))}`;
      write(`${head} ${context}  ${texts.map(textOf).join('\n').replaceAll('\n', '\n    ')}`);
    };
  return {
    log: entry('log', plain),
    warn: entry('warn', yellow),
    error: entry('error', red),
    fatal: entry('fatal', red),
    setLogLevels: (levels) => (wanted = levels),
  };
}

function textOf(value: unknown): string {
  const text = value instanceof Error ? (value.stack ?? value.message) : String(value);
  return text.replaceAll(
    // All but the line feed, and what some terminals take for the beginning of a sequence.
    // oxlint-disable-next-line no-control-regex -- these characters are what is replaced
    /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** To standard error, as everything that is not an answer; in colour where that is a terminal. */
export function systemLog(): LineLog {
  const { stderr } = process;
  const colors = stderr.isTTY && stderr.hasColors();
  return lineLog((line) => void stderr.write(`${line}\n`), systemPorts().clock, colors);
}
