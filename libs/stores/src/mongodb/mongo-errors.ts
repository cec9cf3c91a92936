import { OakringError, withoutCredentials } from '@oakring/contracts';
import {
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb';

const duplicateKey = 11_000;

/**
 * What a server says that changes its role, ends, or takes too long. Without retries of its own the
 * driver labels none of them as such.
 */
const passingCodes: ReadonlySet<unknown> = new Set([
  // NotWritablePrimary, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary, PrimarySteppedDown
  ...[10_107, 13_435, 13_436, 189],
  // InterruptedDueToReplStateChange, InterruptedAtShutdown, Interrupted, ShutdownInProgress
  ...[11_602, 11_600, 11_601, 91],
  // MaxTimeMSExpired, ExceededTimeLimit, LockTimeout, NetworkTimeout, ReadConcernMajorityNotAvailableYet
  ...[50, 262, 24, 89, 134],
]);

/** It is so at this moment, between two primaries or behind a cut line: asked again, it may answer. */
export function mayPass(error: unknown): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoWriteConcernError) return true;
  return error instanceof MongoServerError && passingCodes.has(error.code);
}

/** The server said no to this very write, and will not do it later. */
export function isCertainRefusal(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && error.code !== duplicateKey && !mayPass(error);
}

/** It never left this process: no document of that size or shape can be written. */
export function isUnsendable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof RangeError || error.name.startsWith('BSON');
}

/** It may answer later: an election, a cut line, a server that takes too long. */
export function isStoreAway(error: unknown): error is MongoError {
  return error instanceof MongoError;
}

/** What whoever asked is told: 503, and why. */
export function storeAway(place: string, cause: Error): OakringError {
  const reason = withoutCredentials(cause.message);
  const detail = `The ledger in ${place} cannot be read now: ${reason}.`;
  return new OakringError({ code: 'store-away', detail }, { cause });
}
