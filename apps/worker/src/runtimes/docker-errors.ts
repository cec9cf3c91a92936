import { isObject } from '@oakring/contracts';
import { StartFailure } from './runtime.port.js';

export async function attributed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw whoseFault(error);
  }
}

/** By a container that is not ours, or by anything else. */
const isPortTaken = /port is already allocated|address already in use/;

/** What the engine will not take is the job's: no such image, a bad name, a bad command. */
export function whoseFault(error: unknown): unknown {
  const status = statusOf(error);
  if (!(error instanceof Error)) return error;
  if (isPortTaken.test(error.message)) {
    return new StartFailure(`cannot start: a port is in use there: ${error.message}`, 'node');
  }
  if (status === 400 || status === 404) return new StartFailure(error.message, 'job');
  // No answer at all: the engine is away. Whose another failure is, its answer does not tell.
  return status === 0 ? new StartFailure(error.message, 'node') : error;
}

export function statusOf(error: unknown): number {
  return isObject(error) ? Number(error['statusCode'] ?? 0) : 0;
}
