import { addressOf, subjectOf, type EventData, type StoredEvent } from '@oakring/events';
import { clusterKey, type ClusterState } from '../cluster-state.js';

/** Commands that people run in instances, from their beginning until it is said how they ended. */

export function execStarted(
  state: ClusterState,
  event: StoredEvent,
  { instance, generation, nodeId }: EventData<'ExecStarted'>,
): void {
  const id = addressOf(event);
  const { epoch = 0 } = state.cluster.get(clusterKey) ?? {};
  const where = { job: subjectOf(event), instance, generation, nodeId };
  state.execs.set(id, { id, ...where, epoch, since: event.at });
}

export function execEnded(state: ClusterState, { execId }: EventData<'ExecEnded'>): void {
  state.execs.delete(execId);
}
