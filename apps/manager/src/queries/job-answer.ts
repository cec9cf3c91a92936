import { warningsOf } from '@oakring/contracts/http';
import {
  ownLabels,
  type HealthStatus,
  type InstanceAnswer,
  type InstanceStatus,
  type InstanceSummary,
  type JobAnswer,
  type JobSummary,
  type MovingTo,
  type RolloutAnswer,
  type Used,
} from '@oakring/contracts';
import {
  awaitedNamesake,
  clusterKey,
  healthOf,
  instanceKey,
  placementKey,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
  type NodeRecord,
  isUpdated,
  nameOf,
  refusalCodeOf,
} from '@oakring/model';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import { heldReason } from './held-answer.js';
import { waitsFor } from './waiting-answer.js';

/** `GET /api/v1/jobs/{id}`: the job's state beside its document; each instance once, by number. */
export function jobAnswer(state: ClusterState, job: JobRecord, uses: Uses = noUses): JobAnswer {
  return {
    ...headOf(job),
    revision: job.revision,
    ...(job.rollout === null ? {} : { rollout: rolloutAnswer(state, job) }),
    instances: instancesOf(state, job.id)
      .sort((a, b) => a.number - b.number)
      .map((instance) => instanceAnswer(state, instance, uses)),
    ...warningsAbout(job),
    document: { ...job.document, id: job.id, count: job.desired },
  };
}

export function jobSummary(state: ClusterState, job: JobRecord): JobSummary {
  const counts: Partial<Record<InstanceStatus, number>> = {};
  let restarts = 0;
  const health: Partial<Record<HealthStatus, number>> = {};
  for (const instance of instancesOf(state, job.id)) {
    const status = shownStatus(state, instance);
    counts[status] = (counts[status] ?? 0) + 1;
    restarts += instance.restarts;
    const is = status === 'running' ? healthOf(state, instance)?.status : undefined;
    if (is !== undefined) health[is] = (health[is] ?? 0) + 1;
  }
  const hasChecks = Object.keys(health).length > 0;
  return { ...headOf(job), counts, restarts, ...(hasChecks && { health }) };
}

/** A root's document is passed on whole; what of it nobody looks at was found when it was translated. */
function warningsAbout({ numbering, document }: JobRecord): Pick<JobAnswer, 'warnings'> {
  if (numbering !== 'given') return warningsOf(document);
  const { warnings } = document;
  if (!Array.isArray(warnings) || warnings.length === 0) return {};
  const told = warnings.map(String);
  return { warnings: told.map((detail) => ({ field: 'document', nearest: null, detail })) };
}

function headOf(job: JobRecord) {
  const { id, document, technology, numbering, status, desired, position, submittedAt } = job;
  const labels = ownLabels(document);
  return {
    id,
    name: String(document['name']),
    image: String(document['image']),
    technology,
    ...(numbering === 'given' && { byRoot: true as const }),
    status,
    desired,
    position,
    submittedAt: new Date(submittedAt).toISOString(),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

function instancesOf(state: ClusterState, job: string): InstanceRecord[] {
  const instances: InstanceRecord[] = [];
  for (const key of state.instancesOfJob.of(job)) {
    const instance = state.instances.get(key);
    if (instance !== undefined) instances.push(instance);
  }
  return instances;
}

/** `GET /api/v1/instances`: where each is, and what it uses there. */
export function instanceSummary(
  state: ClusterState,
  instance: InstanceRecord,
  uses: Uses,
): InstanceSummary {
  const { job, number, generation, nodeId, since, restarts } = instance;
  return {
    id: `${job}/${number}`,
    ...{ job, number, generation, nodeId, restarts },
    status: shownStatus(state, instance),
    since: new Date(since).toISOString(),
    used: useOf(instance, uses),
  };
}

/** Of a reading of its node that lists it. */
type Uses = Pick<TelemetryReader, 'usesOn'>;
const noUses: Uses = { usesOn: () => [] };

function useOf({ job, number, generation, nodeId }: InstanceRecord, uses: Uses): Used | null {
  if (nodeId === null) return null;
  for (const use of uses.usesOn(nodeId)) {
    const isIt = use.instance === number && use.generation === generation && use.job === job;
    if (isIt) return { cpu: use.cpu / 100, memory: use.memory / 100 };
  }
  return null;
}

export function instanceAnswer(
  state: ClusterState,
  instance: InstanceRecord,
  uses: Uses = noUses,
): InstanceAnswer {
  const { number, generation, nodeId, confirmed, decision, moving, attempts } = instance;
  const { revision, failures, restarts } = instance;
  const used = useOf(instance, uses);
  const replaces = originalsOf(state, instance);
  const waiting = waitsFor(state, instance);
  // One that is on its way out is where it is not ended yet.
  const refusal = refusalCodeOf(instance);
  const place = instance.removing && waiting !== null ? waiting : { generation, nodeId };
  return {
    number,
    generation: place.generation,
    status: shownStatus(state, instance),
    nodeId: place.nodeId,
    confirmed,
    reason:
      waiting?.reason ??
      namesakeReason(state, instance) ??
      unsentReason(state, instance) ??
      shownReason(state, instance),
    decision,
    since: new Date(instance.since).toISOString(),
    revision,
    failures,
    restarts,
    crashLooping: failures >= crashLoopFrom,
    ...healthAnswer(state, instance),
    ...(used === null ? {} : { used }),
    ...(refusal === null ? {} : { refusal }),
    ...(instance.givenUp ? { givenUp: true } : {}),
    ...(attempts.length === 0 ? {} : { attempts: attempts.map(attemptAnswer) }),
    ...lastLinesAnswer(instance),
    ...(moving === null ? {} : { movingTo: movingTo(moving) }),
    ...(replaces.length === 0 ? {} : { replaces }),
  };
}

function movingTo({ nodeId, generation, surge }: NonNullable<InstanceRecord['moving']>): MovingTo {
  return { nodeId, generation, ...(surge === true && { update: surge }) };
}

/** Of what nobody hears nothing is known. */
function healthAnswer(
  state: ClusterState,
  instance: InstanceRecord,
): Pick<InstanceAnswer, 'health'> {
  const health = shownStatus(state, instance) === 'running' ? healthOf(state, instance) : null;
  if (health === null) return {};
  const { status, since, reason } = health;
  return { health: { status, since: isoOf(since), reason: reason === '' ? null : reason } };
}

/** Failures in a row from which on an instance is said to be in a crash loop. */
export const crashLoopFrom = 3;

function attemptAnswer({ at, ...attempt }: InstanceRecord['attempts'][number]) {
  return { ...attempt, at: new Date(at).toISOString() };
}

function lastLinesAnswer({ lastLines }: InstanceRecord): Pick<InstanceAnswer, 'lastLines'> {
  const newest = lastLines.at(-1);
  if (newest === undefined) return {};
  const { at, generation, position, index } = newest;
  return { lastLines: { at: isoOf(at), generation, event: `${position}/${index}` } };
}

function originalsOf(state: ClusterState, { job, number }: InstanceRecord) {
  const originals: { nodeId: string; generation: number }[] = [];
  for (const key of state.placementsOfInstance.of(instanceKey(job, number))) {
    const placement = state.placements.get(key);
    if (placement?.lost !== true) continue;
    originals.push({ nodeId: placement.nodeId, generation: placement.generation });
  }
  return originals;
}

function rolloutAnswer(state: ClusterState, job: JobRecord): RolloutAnswer {
  const { rollout } = job;
  const { status = 'completed', reason = null, waits = null } = rollout ?? {};
  // What waits for a place, has failed, or is on a node that nobody hears, is not known to run.
  const updated = instancesOf(state, job.id).filter(
    (instance) => shownStatus(state, instance) === 'running' && isUpdated(job, instance),
  ).length;
  const where = job.policy.update.maxUnavailable === 0 ? ' beside the one that runs' : '';
  const waiting = waits === null ? null : `it waits for a place for the next one${where}: ${waits}`;
  const told = [reason, waiting].filter((each) => each !== null).join('; ');
  const revision = rollout?.revision ?? job.revision;
  return { status, revision, updated, reason: told === '' ? null : told };
}

/** What is known: an instance on a node that nobody hears from may run or not. */
export function shownStatus(state: ClusterState, instance: InstanceRecord): InstanceStatus {
  return unreachableNodeOf(state, instance) === null ? instance.status : 'unknown';
}

function shownReason(state: ClusterState, instance: InstanceRecord): string | null {
  const node = nodeOf(state, instance);
  if (node === undefined || isHeard(node)) return instance.reason;
  const { id, status, since, silentSince, reason } = node;
  const silentMs = silentSince ?? since;
  const what = `node ${id} is ${status}, silent since ${isoOf(silentMs)}: ${reason}`;
  const job = state.jobs.get(instance.job);
  return job === undefined ? what : `${what}; ${whatFollows(state, job, silentMs)}`;
}

/**
 * What becomes of an instance whose node stays silent (docs/state-machines.md, instances). Where silence
 * counts from the last message it is some seconds sooner.
 */
function whatFollows(state: ClusterState, { policy }: JobRecord, silentMs: number): string {
  const { lostAfterMs, replace, stopOnWorkerAfterMs } = policy.onDisconnect;
  if (lostAfterMs === null) return 'it is waited for';
  const then = replace ? 'it is ordered elsewhere' : 'it counts as lost';
  const after = `${then} after ${lostAfterMs / 1_000} s of that (${isoOf(silentMs + lostAfterMs)})`;
  const isStorm = (state.cluster.get(clusterKey)?.storm ?? null) !== null;
  const told = isStorm ? `${after}, not before the storm is over` : after;
  if (stopOnWorkerAfterMs === null) return told;
  return `${told}, once its worker must have ended it (${stopOnWorkerAfterMs / 1_000} s cut off)`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Another job of that name is there still. */
function namesakeReason(state: ClusterState, instance: InstanceRecord): string | null {
  const job = state.jobs.get(instance.job);
  if (instance.status !== 'pending' || job === undefined) return null;
  const other = awaitedNamesake(state, job);
  if (other === null) return null;
  const known = `waits for the end of job ${other.id}, which is called ${nameOf(job)} as well`;
  if (other.desired === 0) return known;
  return `${known}; where its root has forgotten that one: oakring job rm ${other.id} --force`;
}

/** Its order is not sent for now. */
function unsentReason(state: ClusterState, instance: InstanceRecord): string | null {
  const { job, number, generation, status } = instance;
  if (status !== 'placed') return null;
  const { commandId = null } = state.placements.get(placementKey(job, number, generation)) ?? {};
  return heldReason(state, commandId);
}

function isHeard({ status }: NodeRecord): boolean {
  return status !== 'suspect' && status !== 'disconnected' && status !== 'lost';
}

function unreachableNodeOf(state: ClusterState, instance: InstanceRecord): NodeRecord | null {
  const node = nodeOf(state, instance);
  return node !== undefined && isUnreachable(node) ? node : null;
}

/** What is said to be there may run or not. */
export function isUnreachable({ status }: NodeRecord): boolean {
  return status === 'disconnected' || status === 'lost';
}

/** Where it is, or is to be. */
function nodeOf(state: ClusterState, instance: InstanceRecord): NodeRecord | undefined {
  switch (instance.status) {
    case 'placed':
    case 'starting':
    case 'running':
      return instance.nodeId === null ? undefined : state.nodes.get(instance.nodeId);
    case 'pending':
    case 'completed':
    case 'failed':
    case 'stopping':
    case 'lost':
      return undefined;
  }
}
