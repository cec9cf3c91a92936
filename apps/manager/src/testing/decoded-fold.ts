import { decodeEvents, type Commit } from '@oakring/events';
import { ClusterState, foldCommit } from '@oakring/model';

/** The views that commits make, from the first one on. */
export function decodedFold(commits: readonly Commit[]): ClusterState {
  const state = new ClusterState(false);
  for (const commit of commits) foldCommit(state, commit, decodeEvents(commit));
  return state;
}
