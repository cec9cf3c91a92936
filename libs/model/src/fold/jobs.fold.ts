import type { Constraint } from '@oakring/contracts';
import { wholePolicy, type EventData, type StoredEvent } from '@oakring/events';
import { clusterKey, instanceKey, revisionKey, type ClusterState } from '../cluster-state.js';
import { placeOf, type EventPlace } from '../event-place.js';
import type { ClusterRecord, InstanceRecord, JobRecord, RolloutRecord } from '../records.js';
import { currentRoot } from '../forgotten.js';
import {
  forgetName,
  highestGeneration,
  indexJob,
  lastGenerationOf,
  putInstance,
  putPlacement,
  removeInstance,
  removeJob,
} from './records.fold.js';
import { forgetParted, part } from './parted.fold.js';
import { forgetPlaces, judgeRevision, leaveRevision, notePlace } from './revision-places.fold.js';

/** Why a number stops that a root took back. */
export const endedByRoot = 'its root ordered its end';
/** Reason of an instance that nothing was decided about yet. */
export const waitingReason = 'waiting for a decision';
/** Former revisions of a job that are kept, for what is ordered again during an update. */
const maxRevisions = 10;

export function jobSubmitted(
  state: ClusterState,
  event: StoredEvent,
  data: EventData<'JobSubmitted'>,
): void {
  const job: JobRecord = {
    id: data.id,
    ...descriptionOf(data),
    by: event.by ?? null,
    numbering: data.numbering ?? 'counted',
    takenOver: data.takenOver === true,
    root: data.numbering === 'given' ? currentRoot(state) : null,
    formerRoot: data.formerRoot ?? null,
    dismissed: false,
    status: 'active',
    desired: data.desired,
    revision: 1,
    rollout: null,
    submittedDesired: data.desired,
    submittedPosition: event.position,
    submittedAt: event.at,
    orderedPosition: event.position,
    deletionPosition: 0,
    ...placeOf(event),
  };
  state.jobs.set(data.id, job);
  notePlace(state, event, job, 'submitted');
  indexJob(state, job);
  for (let number = 0; number < data.desired; number += 1) {
    addInstance(state, event, data.id, number);
  }
}

/** What was ordered before the root said what it knows us by was ordered by it, be it that it has parted since. */
export function rootRegistered(state: ClusterState, cluster: ClusterRecord, root: string): void {
  state.cluster.set(clusterKey, { ...cluster, root });
  for (const job of [...state.jobs.values()]) {
    if (job.numbering === 'given' && job.root === null) state.jobs.set(job.id, { ...job, root });
  }
}

/**
 * What it does not remember, it cannot have meant to end. What was ordered since we asked it is its own, unless it
 * forgot that while it answered.
 */
export function rootForgot(
  state: ClusterState,
  cluster: ClusterRecord,
  { former, root, since = Infinity }: EventData<'RootForgot'>,
): void {
  state.cluster.set(clusterKey, { ...cluster, root });
  forgetParted(
    state,
    [...state.parted.values()].map(({ key }) => key),
  );
  for (const job of [...state.jobs.values()]) {
    const isAnew = job.root === former && job.submittedPosition > since;
    if (!isAnew && !job.dismissed) continue;
    const whose = isAnew ? { root, formerRoot: former } : {};
    state.jobs.set(job.id, { ...job, ...whose, dismissed: false });
  }
}

function descriptionOf(data: EventData<'JobSubmitted'> | EventData<'JobUpdated'>) {
  const policy = wholePolicy(data.policy);
  return {
    document: data.document,
    technology: data.technology,
    // The inbox validated them before the event was written.
    constraints: data.constraints as unknown as readonly Constraint[],
    policy,
    enforcesStop: policy.onDisconnect.stopOnWorkerAfterMs !== null,
    resources: data.resources,
    labels: data.labels,
    bodyHash: data.bodyHash,
  };
}

export function jobUpdated(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'JobUpdated'>,
): void {
  const { document, technology, resources, labels, constraints, policy, bodyHash } = job;
  state.revisions.set(revisionKey(job.id, job.revision), {
    ...{ document, technology, resources, labels, constraints, policy, bodyHash },
  });
  state.revisions.delete(revisionKey(job.id, data.revision - maxRevisions));
  const updated: JobRecord = {
    ...job,
    ...descriptionOf(data),
    revision: data.revision,
    rollout: rolloutOf(job, data),
    orderedPosition: event.position,
    ...placeOf(event),
  };
  // What could not be placed may have had no name either.
  forgetName(state, job);
  state.jobs.set(job.id, updated);
  leaveRevision(state, job, data);
  const isOpen = updated.rollout?.revision === data.revision;
  notePlace(state, event, updated, isOpen ? 'progressing' : 'alike');
  indexJob(state, updated);
  carryOver(state, job.id, sameAsOf(data), data.revision);
  // What failed before is another thing now: its failures are counted anew.
  for (const key of state.instancesOfJob.inOrder(job.id)) {
    const instance = state.instances.get(key);
    if (instance?.status !== 'failed') continue;
    putInstance(state, { ...instance, failures: 0, attempts: [], givenUp: false });
  }
}

/** A revision that runs alike begins no rollout; one that is under way, or had failed, goes on with it. */
function rolloutOf(job: JobRecord, data: EventData<'JobUpdated'>): RolloutRecord | null {
  const before = job.rollout;
  const { revision } = data;
  if (sameAsOf(data) === job.revision) {
    if (before === null || before.status === 'completed' || before.status === 'rolledBack') {
      return before;
    }
    if (before.status !== 'failed') return { ...before, revision };
    return { ...before, status: 'progressing', revision, reason: null, waits: null };
  }
  return {
    status: data.rollbackTo > 0 ? 'rollingBack' : 'progressing',
    revision,
    // What never ran everywhere is nothing to go back to.
    from:
      before?.status === 'progressing' || before?.status === 'failed' ? before.from : job.revision,
    waits: null,
    reason: data.reason === '' ? null : data.reason,
  };
}

/** Before schema version 4 only going back kept what ran the same document. */
function sameAsOf({ sameAs, rollbackTo }: EventData<'JobUpdated'>): number {
  return sameAs ?? rollbackTo;
}

/** What runs a revision goes on, as one that runs alike: it is not of the old one any more. */
function carryOver(state: ClusterState, job: string, from: number, revision: number): void {
  if (from === 0) return;
  for (const key of state.instancesOfJob.inOrder(job)) {
    const instance = state.instances.get(key);
    if (instance?.revision === from) putInstance(state, { ...instance, revision });
    for (const placementId of state.placementsOfInstance.inOrder(key)) {
      const placement = state.placements.get(placementId);
      if (placement?.revision === from) putPlacement(state, { ...placement, revision });
    }
  }
}

export function rolloutEnded(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  reason: string | null,
): void {
  if (job.rollout === null) return;
  judgeRevision(state, job, reason === null ? 'completed' : 'failed', reason);
  const isBack = job.rollout.status === 'rollingBack';
  const ended = isBack ? 'rolledBack' : 'completed';
  const rollout: RolloutRecord =
    reason === null
      ? { ...job.rollout, status: ended, waits: null }
      : { ...job.rollout, status: 'failed', reason, waits: null };
  state.jobs.set(job.id, { ...job, rollout, ...placeOf(event) });
}

export function jobEnded(state: ClusterState, job: JobRecord): void {
  removeJob(state, job);
  const oldest = Math.max(1, job.revision - maxRevisions);
  for (let revision = oldest; revision < job.revision; revision += 1) {
    state.revisions.delete(revisionKey(job.id, revision));
  }
  forgetPlaces(state, job);
}

export function jobScaled(
  state: ClusterState,
  event: StoredEvent,
  job: JobRecord,
  data: EventData<'JobScaled'>,
): void {
  const status = data.added.length > 0 ? 'active' : job.status;
  const isGiven = job.numbering === 'given';
  const { desired } = data;
  const orderedPosition = event.position;
  const scaled = { ...job, status, desired, orderedPosition, ...placeOf(event) };
  const isByRoot = isGiven && data.forced !== true;
  const isOrdered = isGiven && data.added.length > 0;
  const root = isOrdered ? currentRoot(state) : job.root;
  const dismissed = job.dismissed && !isOrdered;
  // Who speaks of one of its numbers knows it, unless it lost its memory since it spoke.
  const formerRoot = data.formerRoot ?? (isByRoot ? null : job.formerRoot);
  state.jobs.set(job.id, { ...scaled, root, formerRoot, dismissed });
  const keysOf = (numbers: readonly number[]) => numbers.map((each) => instanceKey(job.id, each));
  if (isOrdered) forgetParted(state, keysOf(data.added));
  if (!isByRoot) part(state, event, job, keysOf(data.removed));
  for (const number of data.added) addInstance(state, event, job.id, number);
  const reason = isByRoot ? endedByRoot : `scaled down to ${data.desired}`;
  for (const number of data.removed) {
    dropInstance(state, event, instanceKey(job.id, number), reason);
  }
}

/** A root asks for the end of what it does not know: where it may be a former one's it was that one's. */
export function jobDismissed(state: ClusterState, event: StoredEvent, job: JobRecord): void {
  const { formerRoot } = job;
  const said = formerRoot === null ? { dismissed: true } : { root: formerRoot, formerRoot: null };
  state.jobs.set(job.id, { ...job, ...said, ...placeOf(event) });
}

export function jobDeletionOrdered(state: ClusterState, event: StoredEvent, job: JobRecord): void {
  state.jobs.set(job.id, {
    ...job,
    status: 'deleting',
    desired: 0,
    orderedPosition: event.position,
    deletionPosition: event.position,
    ...placeOf(event),
  });
  const keys = state.instancesOfJob.inOrder(job.id);
  part(state, event, job, keys);
  for (const key of keys) {
    dropInstance(state, event, key, 'the job is being deleted');
  }
}

function addInstance(state: ClusterState, event: StoredEvent, job: string, number: number): void {
  const lastGeneration = lastGenerationOf(state, job, number);
  putInstance(state, {
    job,
    number,
    generation: 0,
    lastGeneration,
    firstGeneration: lastGeneration + 1,
    status: 'pending',
    since: event.at,
    nodeId: null,
    confirmed: false,
    reason: waitingReason,
    decision: null,
    removing: false,
    moving: null,
    revision: 0,
    failures: 0,
    restarts: 0,
    attempts: [],
    lastLines: [],
    avoid: null,
    refused: null,
    givenUp: false,
  });
}

/** No longer wanted: gone at once without a placement, else with the end of its last one. */
function dropInstance(
  state: ClusterState,
  event: StoredEvent,
  key: string,
  stopReason: string,
): void {
  const instance = state.instances.get(key);
  if (instance === undefined) return;
  const placements = state.placementsOfInstance.inOrder(key);
  if (placements.length === 0) return removeInstance(state, instance);
  putInstance(state, {
    ...instance,
    lastGeneration: highestGeneration(instance),
    status: 'stopping',
    since: event.at,
    removing: true,
    moving: null,
  });
  for (const placementId of placements) {
    const placement = state.placements.get(placementId);
    if (placement === undefined) continue;
    const reason = placement.stopReason ?? stopReason;
    putPlacement(state, { ...placement, wanted: false, lost: false, stopReason: reason });
  }
}

export function updateInstance(
  state: ClusterState,
  job: string,
  number: number,
  change: (instance: InstanceRecord) => InstanceRecord,
): void {
  const instance = state.instances.get(instanceKey(job, number));
  if (instance !== undefined) putInstance(state, change(instance));
}

export function touchJob(state: ClusterState, id: string, event: EventPlace): void {
  const job = state.jobs.get(id);
  if (job !== undefined) state.jobs.set(id, { ...job, ...placeOf(event) });
}
