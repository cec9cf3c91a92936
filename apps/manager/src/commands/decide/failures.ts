import { leaseRanOut, noResources } from '@oakring/contracts';
import { jobStream, nodeStream } from '@oakring/events';
import {
  instanceKey,
  placementKey,
  revisionKey,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
  type NodeRecord,
} from '@oakring/model';
import { testsFor } from '@oakring/planning';
import type { Command } from '../command.js';
import { type Decided, type Deciding } from './deciding.js';
import { holds } from './plans.js';
import { abortMoveTo, callMovesOff, callSurgesOff, concludeDeletion } from './orders.js';
import { revise, runsAlike } from './spoken-job.js';

/** Failures in a row from which on an instance is said to be in a crash loop. */
const quarantineWindowMs = 600_000;
/** Jobs that must have failed on a node, and nowhere else, before it is to blame. */
const quarantineJobs = 3;
/** A job that has run for this long elsewhere runs there. */
const ranAfterMs = 10_000;
/** At most this part of the nodes is ever quarantined by record, as one in … */
const quarantineOneIn = 5;

/**
 * What follows from the end of an instance, in the same commit: it is given up, the rollout that it
 * was part of fails, its node is quarantined, its job has completed or ended.
 */
export function concludeEnd(
  deciding: Deciding,
  { job: id, instance: number }: { readonly job: string; readonly instance: number },
  nodeId: string,
): void {
  const { state } = deciding;
  const job = state.jobs.get(id);
  const instance = state.instances.get(instanceKey(id, number));
  const isBlamed = instance?.reason?.startsWith(leaseRanOut) !== true;
  if (job !== undefined && instance?.status === 'failed' && isBlamed) {
    failRollout(deciding, job, instance, `failed: ${instance.reason ?? 'no reason'}`);
    giveUp(deciding, state.jobs.get(id) ?? job, instance);
    quarantine(deciding, nodeId);
  }
  if (instance?.status === 'completed') {
    const generation = instance.moving?.generation ?? 0;
    abortMoveTo(deciding, { job: id, instance: number, generation }, 'it has completed');
    completeJob(deciding, id);
  }
  concludeDeletion(deciding, id);
}

function giveUp(deciding: Deciding, job: JobRecord, { number }: InstanceRecord): void {
  const { limit } = job.policy.restart;
  const instance = deciding.state.instances.get(instanceKey(job.id, number));
  if (limit === null || instance === undefined || instance.failures <= limit) return;
  // Its successor is under way already: should that come to nothing, it is tried once more.
  if (instance.moving?.surge === true) return;
  const times = `${instance.failures} times in a row`;
  deciding.emit({
    stream: jobStream(job.id),
    type: 'InstanceGivenUp',
    data: {
      instance: number,
      reason: `given up after it failed ${times} (restart.limit ${limit}): ${instance.reason ?? ''}`,
      attempts: [...instance.attempts],
    },
  });
}

/** An updated instance is not well: the job goes back to its former revision, if it says so. */
export function failRollout(
  deciding: Deciding,
  job: JobRecord,
  instance: InstanceRecord,
  what: string,
): void {
  const { rollout } = job;
  if (rollout?.status !== 'progressing' || instance.revision !== job.revision) return;
  goBack(deciding, job, `instance ${instance.number} ${what}`);
}

/**
 * The target of a move does not do: the original stays. With one that an update began its revision has failed, as
 * with an updated instance; the original runs that one's former revision, and is not held against.
 */
export function failMoveTo(
  deciding: Deciding,
  address: { readonly job: string; readonly instance: number; readonly generation: number },
  reason: string,
): void {
  const { state } = deciding;
  const { moving = null } = state.instances.get(instanceKey(address.job, address.instance)) ?? {};
  abortMoveTo(deciding, address, reason);
  if (moving?.generation !== address.generation || moving.surge !== true) return;
  const job = state.jobs.get(address.job);
  if (job?.rollout?.status !== 'progressing') return;
  goBack(
    deciding,
    job,
    `instance ${address.instance} did not do beside the one before it: ${reason}`,
  );
}

/** For as long as the job allows there was no place for the next one. Nothing if there is one now. */
export function giveUpRollout(
  deciding: Deciding,
  { id, revision, reason }: Extract<Command, { type: 'GiveUpRollout' }>,
): Decided<null> {
  const job = deciding.state.jobs.get(id);
  const isStuck =
    job?.rollout?.status === 'progressing' && placeLacking(deciding.state, job) !== null;
  if (isStuck && job.revision === revision) goBack(deciding, job, reason);
  return { answer: null };
}

/** Why the next one of a rollout has no place; null: it is not known to have none. */
export function placeLacking(state: ClusterState, { id, rollout }: JobRecord): string | null {
  if (rollout === null || newOneRuns(state, id)) return null;
  if (rollout.waits !== null) return rollout.waits;
  for (const key of state.pendingOfJob.of(id)) {
    const { refused = null } = state.instances.get(key) ?? {};
    // Without an answer of the scheduler nobody knows of a place.
    if (refused !== null && refused.code !== 'scheduler-unavailable') return refused.detail;
  }
  return null;
}

/** A new one that an update began beside the old one: it has its place, and has to show that it serves. */
function newOneRuns(state: ClusterState, id: string): boolean {
  for (const key of state.instancesOfJob.of(id)) {
    const { number, moving = null } = state.instances.get(key) ?? {};
    if (moving?.surge !== true || number === undefined) continue;
    const target = state.placements.get(placementKey(id, number, moving.generation));
    if ((target?.runningSince ?? 0) > 0) return true;
  }
  return false;
}

/**
 * To the former revision, where the job says so, and there is one that runs otherwise (a restart has none: its like
 * failed just now); else it stays as far as it came.
 */
function goBack(deciding: Deciding, job: JobRecord, why: string): void {
  const { rollout } = job;
  if (rollout === null) return;
  const former = deciding.state.revisions.get(revisionKey(job.id, rollout.from));
  if (!job.policy.update.rollback || former === undefined || runsAlike(former, job)) {
    const data = { revision: job.revision, reason: why };
    deciding.emit({ stream: jobStream(job.id), type: 'RolloutFailed', data });
    callSurgesOff(deciding, job.id, 'the rollout has failed');
    return;
  }
  revise(deciding, job, former, {
    ...{ rollbackTo: rollout.from, sameAs: rollout.from },
    reason: `revision ${job.revision} is rolled back: ${why}`,
  });
  if (former.policy.onDisconnect.stopOnWorkerAfterMs !== null) callMovesOff(deciding, job.id);
}

/**
 * Jobs that fail on one node only, one after the other, are the node's fault: nothing more is placed
 * there. A failure counts where its worker says that it is the node's and the job could run elsewhere,
 * or where nobody says whose it is and the job does run elsewhere. Never where that would leave no
 * other node, or take too many of them away.
 */
function quarantine(deciding: Deciding, nodeId: string): void {
  const { state } = deciding;
  const node = state.nodes.get(nodeId);
  if (node === undefined || node.quarantined !== null) return;
  const since = deciding.at - quarantineWindowMs;
  /** Whether a failure of each job is the node's own, by its worker's word. */
  const jobs = new Map<string, boolean>();
  for (const { job, at, own } of node.failures) {
    if (at >= since) jobs.set(job, own || jobs.get(job) === true);
  }
  if (jobs.size < quarantineJobs) return;
  const blamed: string[] = [];
  for (const [id, isOwn] of jobs) {
    const job = state.jobs.get(id);
    if (job === undefined || failedElsewhere(state, id, nodeId)) continue;
    const runs = (): boolean => runsElsewhere(deciding, id, nodeId);
    if (runs() || (isOwn && couldRunElsewhere(state, job, nodeId))) blamed.push(id);
  }
  if (blamed.length < quarantineJobs || !canSpare(state, node)) return;
  deciding.emit({
    stream: nodeStream(nodeId),
    type: 'NodeQuarantined',
    data: {
      reason: `${blamed.length} jobs failed here and nowhere else within 10 minutes: ${blamed.join(', ')}`,
      byRecord: true,
    },
  });
}

/** By its worker's word, and for a while: that it was started says little. */
function runsElsewhere({ state, at }: Deciding, job: string, nodeId: string): boolean {
  for (const key of state.instancesOfJob.of(job)) {
    const instance = state.instances.get(key);
    if (instance?.status !== 'running' || !instance.confirmed) continue;
    if (instance.nodeId !== nodeId && at - instance.since >= ranAfterMs) return true;
  }
  return false;
}

/** "Nowhere else" needs somewhere else: another node that would take the job if it had the room. */
function couldRunElsewhere(state: ClusterState, job: JobRecord, nodeId: string): boolean {
  const tests = testsFor({ ...job, resources: noResources });
  for (const { id } of state.nodes.values()) {
    if (id !== nodeId && holds(state, tests, id)) return true;
  }
  return false;
}

function failedElsewhere(state: ClusterState, job: string, nodeId: string): boolean {
  for (const key of state.instancesOfJob.of(job)) {
    const attempts = state.instances.get(key)?.attempts ?? [];
    if (attempts.some((attempt) => attempt.nodeId !== nodeId)) return true;
  }
  return false;
}

function canSpare(state: ClusterState, node: NodeRecord): boolean {
  let others = 0;
  let quarantined = 0;
  for (const other of state.nodes.values()) {
    if (other.id === node.id) continue;
    if (other.quarantined?.byRecord === true) quarantined += 1;
    else if (other.status === 'ready' && other.quarantined === null) others += 1;
  }
  return others > 0 && quarantined + 1 <= Math.ceil(state.nodes.size / quarantineOneIn);
}

function completeJob(deciding: Deciding, id: string): void {
  const { state } = deciding;
  if (state.jobs.get(id)?.status !== 'active') return;
  for (const key of state.instancesOfJob.of(id)) {
    const instance = state.instances.get(key);
    if (instance?.removing === false && instance.status !== 'completed') return;
  }
  deciding.emit({ stream: jobStream(id), type: 'JobCompleted', data: {} });
}

/**
 * The new one beside a failed instance will be it, or it is tried again then. Not where nobody knows whether that starts at
 * all: an order to a node that is not ready waits for it however long that takes, and meanwhile nothing would run.
 */
export function isSucceeded(state: ClusterState, { job, number, moving }: InstanceRecord): boolean {
  if (moving?.surge !== true) return false;
  const target = state.placements.get(placementKey(job, number, moving.generation));
  const runs = target !== undefined && target.runningSince > 0;
  return runs || state.nodes.get(moving.nodeId)?.status === 'ready';
}

/** The wait of a failed instance is over. Nothing to do if it has moved on meanwhile. */
export function retryInstance(
  deciding: Deciding,
  command: Extract<Command, { type: 'RetryInstance' }>,
): Decided<null> {
  const { id, instance: number, generation } = command;
  const instance = deciding.state.instances.get(instanceKey(id, number));
  const isDue =
    instance?.status === 'failed' &&
    instance.generation === generation &&
    !instance.givenUp &&
    !isSucceeded(deciding.state, instance);
  if (!isDue || deciding.state.jobs.get(id)?.status !== 'active') return { answer: null };
  if (instance.moving?.surge === true) {
    const target = { job: id, instance: number, generation: instance.moving.generation };
    const why = `node ${instance.moving.nodeId} is not ready, and the one before it does not run`;
    abortMoveTo(deciding, target, why);
  }
  // An update forgets what failed before it: then there is nothing to count.
  const after = instance.failures === 0 ? '' : ` after failure ${instance.failures}`;
  const reason = `tried again${after}: ${instance.reason ?? ''}`;
  deciding.emit({
    stream: jobStream(id),
    type: 'InstanceRetried',
    data: { instance: number, reason },
  });
  return { answer: null };
}
