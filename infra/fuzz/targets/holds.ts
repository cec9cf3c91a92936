import { errorCatalogue, type Parsed } from '@oakring/contracts';

/** A refusal goes into a log, a dead letter and an answer: what it shows of an input is short. */
const mostShown = 16 * 1024;

export function hold(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** What was refused is told with a code that is known, and in few words. */
export function refusesWell(parsed: Parsed<unknown>): void {
  if (parsed.ok) return;
  const { code } = parsed.refusal;
  hold(Object.hasOwn(errorCatalogue, code), `${code} is no code`);
  const { length } = JSON.stringify(parsed.refusal);
  hold(length < mostShown, `a refusal of ${length} characters: ${code}`);
}

export function textOf(input: Uint8Array): string {
  return Buffer.from(input).toString('utf8');
}

export const bytesOf = (...texts: readonly string[]): readonly Uint8Array[] =>
  texts.map((text) => Buffer.from(text));
