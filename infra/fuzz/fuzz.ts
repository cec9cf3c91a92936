import type { Randomness } from '@oakring/ports';
import type { Coverage } from './coverage.js';
import { mutated } from './mutate.js';

/** Something that reads what others write. */
export interface Target {
  readonly name: string;
  /** What it reads usually. */
  seeds(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** Reads an input, whatever it is. What it throws is a finding: nothing may be thrown, and what is said must hold. */
  read(input: Uint8Array): void | Promise<void>;
}

/** Inputs that run before it is asked what they reached. */
const batchSize = 32;

export interface Fuzzing {
  readonly target: Target;
  /** Inputs of former times. */
  readonly corpus: readonly Uint8Array[];
  readonly coverage: Coverage;
  readonly chance: Randomness;
  /** Whether it goes on, after so many inputs. */
  goesOn(executions: number): boolean;
  /** Before each input, so that one which never ends can be told. */
  begins?(input: Uint8Array): void;
}

export interface Outcome {
  readonly executions: number;
  /** Blocks of code that were reached. */
  readonly reached: number;
  /** Inputs that reached what no former one did, in the order in which they were found. */
  readonly found: readonly Uint8Array[];
  /** The first input that was not read as it should be; null: all were. */
  readonly failure: { readonly input: Uint8Array; readonly error: unknown } | null;
}

/**
 * Reads inputs that are made of known ones, keeps those that reach new code, and makes the next ones of these. It ends
 * with the first that fails.
 */
export async function fuzz(fuzzing: Fuzzing): Promise<Outcome> {
  const { target, coverage, chance } = fuzzing;
  const known: Uint8Array[] = [];
  const found: Uint8Array[] = [];
  const reached = new Set<string>();
  let executions = 0;

  const news = (): readonly string[] => coverage.take().filter((block) => !reached.has(block));
  const keep = (blocks: readonly string[]): void => blocks.forEach((block) => reached.add(block));
  const read = async (input: Uint8Array): Promise<void> => {
    fuzzing.begins?.(input);
    executions += 1;
    try {
      // A copy: what a reader changes in it would change what is told of a failure.
      await target.read(Uint8Array.from(input));
    } catch (error) {
      throw new Failure(input, error);
    }
  };
  const pick = (): Uint8Array => known[chance.integer(known.length)] ?? new Uint8Array();

  try {
    for (const seed of [...(await target.seeds()), ...fuzzing.corpus, new Uint8Array()]) {
      known.push(seed);
      await read(seed);
    }
    keep(news());
    while (fuzzing.goesOn(executions)) {
      const batch = Array.from({ length: batchSize }, () => mutated(pick(), pick(), chance));
      for (const input of batch) await read(input);
      const blocks = news();
      if (blocks.length === 0) continue;
      // Which it was: each once more, by itself.
      for (const input of batch) {
        await read(input);
        const own = news();
        if (own.length === 0) continue;
        keep(own);
        known.push(input);
        found.push(input);
      }
      // What runs once only (a module that is loaded, a thing that is remembered) is not reached again.
      keep(blocks);
    }
    return { executions, reached: reached.size, found, failure: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { input, cause } = error;
    return { executions, reached: reached.size, found, failure: { input, error: cause } };
  }
}

class Failure extends Error {
  constructor(
    readonly input: Uint8Array,
    cause: unknown,
  ) {
    super('an input was not read as it should be', { cause });
  }
}
