import { cpuMillisOf, durationOf, memoryMiBOf, type Parsed } from '@oakring/contracts';
import { InvalidArgumentError } from 'commander';
import type { Context } from './context.js';
import { momentFor, momentHelp } from './moments.js';

/** Readers of options and arguments: each gives a value or says what is wrong with the text. */

export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is not a whole number from 0 up.');
}

/** Of a number, or of a duration: `90`, `90s`, `1h30m`. */
export function seconds(text: string): number {
  const ms = durationOf(text);
  const value = ms === null ? wholeNumber(text) : ms / 1_000;
  if (value >= 1 && value <= 86_400) return value;
  throw new InvalidArgumentError(
    'It is not a number of seconds from 1 to 86400, nor as 5m or 1h30m.',
  );
}

/** Milliseconds of `30m`, `12h`, `7d`. */
export function duration(text: string): number {
  const ms = durationOf(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError('It is not a duration like 30m, 12h or 7d.');
}

/** A limit in seconds: a worker hears of its manager every few seconds, so less would end what is well. */
export function limitSeconds(text: string): number {
  const value = wholeNumber(text);
  if (value >= 10 && value <= 2_592_000) return value;
  throw new InvalidArgumentError('It is not a number of seconds from 10 to 2592000 (30 days).');
}

/** Gathers `key=value` of an option that may be repeated. */
export function pair(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('It is not key=value.');
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** CPU as people write it: `500m`, `0.5`; whole thousandths of a core without a unit. */
export function cpu(text: string): number {
  return /^\d+$/.test(text) ? wholeNumber(text) : amountIn(cpuMillisOf(text, '--cpu'));
}

/** Memory as people write it: `256Mi`, `1Gi`; whole MiB without a unit. */
export function memory(text: string): number {
  return /^\d+$/.test(text) ? wholeNumber(text) : amountIn(memoryMiBOf(text, '--memory'));
}

function amountIn(read: Parsed<number>): number {
  if (!read.ok) throw new InvalidArgumentError(read.refusal.detail);
  return read.value;
}

/** Gathers the texts of an option that may be repeated. */
export function listed(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** `a,b,c`, which may be repeated. */
export function separated(text: string, before: readonly string[] = []): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return [...before, ...parts.filter((part) => part !== '')];
}

/** Gathers `NAME=value`, kept as text, of an option that may be repeated. */
export function assignment(text: string, before: readonly string[] = []): string[] {
  if (text.indexOf('=') < 1) throw new InvalidArgumentError('It is not NAME=value.');
  return [...before, text];
}

/** `--at` of every command that shows a view. */
export const atOption = ['--at <moment>', `as it was: ${momentHelp}`] as const;

export interface AtOptions {
  readonly at?: string;
}

/** Of commands that take jobs or nodes. */
export const namesHelp = `
Each is named by its id, its name, or a beginning of either that is nobody else's; what changes something
takes the beginning of an id only where nobody chose it, such as 0b7f3c2e-….`;

/** The moment that was asked for, as a manager takes it. */
export function momentIn({ at }: AtOptions, { ports }: Pick<Context, 'ports'>): string | undefined {
  return at === undefined ? undefined : momentFor(at, ports.clock);
}
