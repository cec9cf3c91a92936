import { idOf, integerOf, textOf, type JsonObject, type Parsed } from '../parsing/parsing.js';

/** Number of a worker's start. */
export const incarnationRange = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** Highest number of instances of one job. */
export const maxJobCount = 10_000;

export const instanceRange = { minimum: 0, maximum: maxJobCount - 1 };
export const generationRange = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER };

export const incarnationOf = (value: unknown, name: string): Parsed<number> =>
  integerOf(value, name, incarnationRange);

/** `(job, instance, generation)` as messages carry it. */
export function instanceAddressOf(
  entry: JsonObject,
  field: string,
): Parsed<{ job: string; instance: number; generation: number }> {
  const job = idOf(entry['job'], `${field}.job`);
  if (!job.ok) return job;
  const instance = integerOf(entry['instance'], `${field}.instance`, instanceRange);
  if (!instance.ok) return instance;
  const generation = integerOf(entry['generation'], `${field}.generation`, generationRange);
  if (!generation.ok) return generation;
  return {
    ok: true,
    value: { job: job.value, instance: instance.value, generation: generation.value },
  };
}

const maxWordCharacters = 64;

/** A short word such as a ledger's identity, a digest, or the id of a request. */
export const wordIn = (value: unknown, name: string): Parsed<string> =>
  textOf(value, name, maxWordCharacters);
