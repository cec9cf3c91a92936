import type { DeadLetter } from '@oakring/contracts';

/** Injection token of `DeadLetterList`. */
export const DEAD_LETTERS = Symbol('DeadLetters');

/** Refused messages, as an operator reads them. */
export interface DeadLetterList {
  /** Newest first. */
  list(limit: number): readonly DeadLetter[];
  /** Refused since the start, by code. */
  counts(): ReadonlyMap<string, number>;
}

/** Injection token of `Readiness`. */
export const READINESS = Symbol('Readiness');

/** Whether the manager does its work: what `/health/ready` asks. */
export interface Readiness {
  /** `detail` says in a few words what is missing, or that nothing is. */
  isReady(): { readonly ready: boolean; readonly detail: string };
}
