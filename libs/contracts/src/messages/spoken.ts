import { wordIn } from './addresses.js';
import { ifAny, type Members } from './codec.js';
import { integerOf } from '../parsing/parsing.js';

/** Who speaks: every message of a manager says so. */
export interface Spoken {
  /** Number of the leadership; a worker ignores one below the highest it has seen. */
  readonly epoch: number;
  /** Identity of the manager's ledger, from its first commit. Epochs and generations are of one ledger. */
  readonly ledger?: string;
}

/** A message of a manager as a worker takes it: what it does not say, or not usably, is null. */
export type Heard<S> = { readonly [K in keyof S]-?: S[K] | null };

const epochRange = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

export const speakerMembers: Members<Heard<Spoken>> = {
  epoch: ifAny((value, name) => integerOf(value, name, epochRange), null),
  ledger: ifAny(wordIn, null),
};
