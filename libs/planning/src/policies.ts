/**
 * Name and version of the filters, scores and weights, stored with every decision: raised when one comes,
 * goes or decides otherwise (policy.spec.ts names them).
 */
export const policy = 'least-allocated-spread/4';

/** What decisions are replayed by, too: of before. */
const former = 'least-allocated-spread/3';
const first = 'least-allocated-spread/2';

export type Policy = typeof policy | typeof former | typeof first;

/** In what the policies that this software plans by differ. */
export interface Ways {
  /** Placements count by their number. */
  readonly countsPlacements: boolean;
  /** A refusal proposes to ask for none of what the nearest node has none of. */
  readonly proposesNone: boolean;
  /** What fields of a job need of a worker, ports, and whether its disk is full, are looked at. */
  readonly looksAtNeeds: boolean;
}

export const waysOf: Readonly<Record<Policy, Ways>> = {
  [policy]: { countsPlacements: true, proposesNone: false, looksAtNeeds: true },
  [former]: { countsPlacements: true, proposesNone: false, looksAtNeeds: false },
  [first]: { countsPlacements: false, proposesNone: true, looksAtNeeds: false },
};

export function isPolicy(name: string): name is Policy {
  return Object.hasOwn(waysOf, name);
}
