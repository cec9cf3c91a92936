import { OakringError } from '@oakring/contracts';
import type { LogHead } from '@oakring/events';

/**
 * Another writer's commit lies where ours should. Of a higher epoch it is a successor's; of our own
 * or a lower one it breaks the rule that only one leads, and nothing may be written on top of it.
 */
export function deposed(ourEpoch: number, found: LogHead): OakringError {
  const detail = `Position ${found.position} was taken by another writer (epoch ${found.epoch}, ours is ${ourEpoch}).`;
  return new OakringError({
    code: found.epoch > ourEpoch ? 'not-leading' : 'position-conflict',
    detail,
  });
}

/** False: the same process may go on as a follower. */
export function isFatal(error: OakringError): boolean {
  return error.code !== 'not-leading';
}

/** The log failed in a way that its contract does not know. */
export function logFailed(error: unknown): OakringError {
  const detail = `The event log failed: ${String(error)}.`;
  return new OakringError({ code: 'log-unavailable', detail }, { cause: error });
}

export function overloaded(waiting: number): OakringError {
  const detail = `${waiting} commands wait for a decision already.`;
  return new OakringError({ code: 'overloaded', detail });
}

export function undecided(afterMs: number): OakringError {
  const detail = `The command is not decided after ${afterMs / 1000} s; it may still be.`;
  return new OakringError({ code: 'outcome-unknown', detail });
}

/** It was written, or is being written, by a leadership that may be over. */
export function unanswerable({ message: reason }: OakringError): OakringError {
  return new OakringError({
    code: 'outcome-unknown',
    detail: `The command was decided here, and may or may not count: ${reason}`,
  });
}

/** A log that could not be read is named as such; anything else is a bug of ours. */
export function undecidable(command: string, error: unknown): OakringError {
  if (error instanceof OakringError) return error;
  const detail = `${command} could not be decided: ${String(error)}.`;
  return new OakringError({ code: 'internal', detail }, { cause: error });
}
