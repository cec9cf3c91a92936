import { OakringError, withoutCredentials } from '@oakring/contracts';
import { MongoServerError, MongoWriteConcernError } from 'mongodb';

const duplicateKey = 11_000;
const maxTimeExpired = 50;

/** The server said no to this very write, and will not do it later. */
export function isCertainRefusal(error: unknown): error is MongoServerError {
  return (
    error instanceof MongoServerError &&
    !(error instanceof MongoWriteConcernError) &&
    error.code !== duplicateKey &&
    error.code !== maxTimeExpired &&
    !error.hasErrorLabel('RetryableWriteError')
  );
}

/** It never left this process: no document of that size or shape can be written. */
export function isUnsendable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof RangeError || error.name.startsWith('BSON');
}

/** It may answer later: an election, a cut line, a server that takes too long. */
export function isStoreAway(error: unknown): error is Error {
  return error instanceof Error && error.name.startsWith('Mongo');
}

/** What whoever asked is told: 503, and why. */
export function storeAway(place: string, cause: Error): OakringError {
  const reason = withoutCredentials(cause.message);
  const detail = `The ledger in ${place} cannot be read now: ${reason}.`;
  return new OakringError({ code: 'store-away', detail }, { cause });
}
