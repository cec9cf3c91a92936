import { OakringError, type Parsed } from '@oakring/contracts';
import type { Outcome } from '../../commands/command.js';

/** The answer of an accepted command; a refusal is thrown, for the problem filter. */
export function settled<A>(outcome: Outcome<A>): A {
  if (outcome.status === 'refused') throw new OakringError(outcome.refusal);
  return outcome.answer;
}

/** The value that was parsed; a refusal is thrown, for the problem filter. */
export function parsed<T>(result: Parsed<T>): T {
  if (!result.ok) throw new OakringError(result.refusal);
  return result.value;
}
