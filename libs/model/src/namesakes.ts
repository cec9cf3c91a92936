import type { ClusterState } from './cluster-state.js';
import type { JobRecord, PlacementRecord } from './records.js';

/**
 * By what a worker that knows no ids calls a job: a root's by its name, which the root sees to it that it
 * means one job; any other by its id, since names of ours may be given twice.
 */
export function nameOf({ id, numbering, document }: JobRecord): string {
  return numbering === 'given' ? String(document['name']) : id;
}

/**
 * Workers of a root's jobs call what they run by the job's name and the number: two jobs of one name are
 * one thing to them. The later one waits for the earlier one's end, but not for a node that nobody hears.
 */
export function awaitedNamesake(state: ClusterState, job: JobRecord): JobRecord | null {
  if (job.numbering !== 'given') return null;
  for (const other of namesakesOf(state, job)) {
    if (other.submittedPosition > job.submittedPosition) continue;
    if (other.submittedPosition === job.submittedPosition && other.id > job.id) continue;
    if (other.desired > 0 || isHeardOf(state, other)) return other;
  }
  return null;
}

/** Whether a node may have something else that its worker would take for the job's. */
export function holdsNamesake(state: ClusterState, job: JobRecord, nodeId: string): boolean {
  for (const other of namesakesOf(state, job)) {
    for (const placement of placementsOf(state, other)) {
      if (placement.nodeId === nodeId) return true;
    }
  }
  return false;
}

function* namesakesOf(state: ClusterState, job: JobRecord): Generator<JobRecord> {
  if (job.numbering !== 'given') return;
  const name = nameOf(job);
  // Of almost every name there is one job.
  if (state.givenOfName.sizeOf(name) < 2) return;
  for (const id of state.givenOfName.inOrder(name)) {
    const other = state.jobs.get(id);
    if (other !== undefined && id !== job.id) yield other;
  }
}

function isHeardOf(state: ClusterState, job: JobRecord): boolean {
  for (const { nodeId } of placementsOf(state, job)) {
    const status = state.nodes.get(nodeId)?.status;
    if (status === 'ready' || status === 'registered' || status === 'suspect') return true;
  }
  return false;
}

function* placementsOf(state: ClusterState, job: JobRecord): Generator<PlacementRecord> {
  for (const instance of state.instancesOfJob.of(job.id)) {
    for (const key of state.placementsOfInstance.of(instance)) {
      const placement = state.placements.get(key);
      if (placement !== undefined) yield placement;
    }
  }
}
