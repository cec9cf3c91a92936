/**
 * Name and version of the filters, scores and weights, stored with every decision: raised when one comes,
 * goes or decides otherwise (policy.spec.ts names them).
 */
export const policy = 'least-allocated-spread/3';

/** What decisions are replayed by, too: of before, when placements did not count by their number. */
const former = 'least-allocated-spread/2';

export type Policy = typeof policy | typeof former;

/** Those by which this software plans; whether placements count by their number. */
const counting: Readonly<Record<Policy, boolean>> = { [policy]: true, [former]: false };

export function isPolicy(name: string): name is Policy {
  return Object.hasOwn(counting, name);
}

export function countsPlacements(by: Policy): boolean {
  return counting[by];
}
