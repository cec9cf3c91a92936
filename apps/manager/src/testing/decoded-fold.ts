import type { Commit } from '@oakring/events';
import { ClusterState, foldCommits } from '@oakring/model';

/** The views that commits make, from the first one on. */
export function decodedFold(commits: readonly Commit[]): ClusterState {
  const state = new ClusterState(false);
  foldCommits(state, commits, 'the test');
  return state;
}
