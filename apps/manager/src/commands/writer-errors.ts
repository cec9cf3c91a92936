import { OakringError } from '@oakring/contracts';

/** Another writer has this log. */
export function deposed(position: number, epoch: number): OakringError {
  return new OakringError({
    code: 'position-conflict',
    detail: `Position ${position} was taken by another writer (epoch ${epoch}).`,
  });
}

/** The log failed in a way that its contract does not know. */
export function logFailed(error: unknown): OakringError {
  const detail = `The event log failed: ${String(error)}.`;
  return new OakringError({ code: 'log-unavailable', detail }, { cause: error });
}
