import { isForgotten, type ClusterState } from '@oakring/model';
import type { RootView, VerificationView } from '../../injection/query-tokens.js';

/** Somebody has to say what becomes of jobs that the root forgot: until then it is shown as trouble. */
export function rootMemoryTrouble(
  state: ClusterState,
  root: RootView | null,
): VerificationView['trouble'] {
  if (root === null) return null;
  let count = 0;
  for (const job of state.jobs.values()) {
    if (job.status === 'active' && isForgotten(state, job)) count += 1;
  }
  if (count === 0) return null;
  const reason =
    `The root ${root.root.name} has lost its memory; of what it had ordered, ${count} ` +
    `job${count === 1 ? '' : 's'} run on unreported: "oakring root forgotten" lists what to end or keep.`;
  return { sinceMs: root.standing.forgotMs, reason };
}
