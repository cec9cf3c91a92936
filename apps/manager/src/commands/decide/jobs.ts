import type { ErrorCode, JobDocument } from '@oakring/contracts';
import { jobStream } from '@oakring/events';
import {
  instanceKey,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
} from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { whyOfRoot } from './given-numbers.js';
import { refuse, refuseOnRecord, type Decided, type Deciding } from './deciding.js';
import { concludeDeletion } from './orders.js';
import { whyWithoutSecret } from './secrets.js';
import { spokenJob } from './spoken-job.js';

/** `POST /api/v1/jobs`. The same document under the same id gets the first answer again. */
export function submitJob(
  deciding: Deciding,
  id: string,
  job: JobDocument,
  bodyHash: string,
): Decided<Answers['SubmitJob']> {
  const known = deciding.state.jobs.get(id);
  if (known !== undefined && known.status !== 'deleting' && known.bodyHash === bodyHash) {
    const { submittedPosition: position, submittedDesired: desired } = known;
    return { answer: { id, position, desired } };
  }
  if (known !== undefined) {
    const [code, detail]: [ErrorCode, string] =
      known.status === 'deleting'
        ? ['job-deleting', `Job ${id} is being deleted; its last instances have not ended yet.`]
        : [
            'job-id-taken',
            `Job ${id} was submitted at position ${known.submittedPosition} with a different body.`,
          ];
    const refusal = { code, detail, field: 'id', value: id };
    return refuseOnRecord(deciding, id, 'JobSubmissionRefused', refusal);
  }
  const without = whyWithoutSecret(deciding.state, job.document);
  if (without !== null) return refuseOnRecord(deciding, id, 'JobSubmissionRefused', without);
  deciding.emit({
    stream: jobStream(id),
    type: 'JobSubmitted',
    data: { id, desired: job.count, ...spokenJob(job), bodyHash },
  });
  return { answer: { id, position: deciding.position, desired: job.count } };
}

/** `POST /api/v1/jobs/{id}/replicate`: a new desired total; the reconciler does the rest. */
export function scaleJob(
  deciding: Deciding,
  { id, count, force = false }: Extract<Command, { type: 'ScaleJob' }>,
): Decided<Answers['ScaleJob']> {
  const job = deciding.state.jobs.get(id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${id}.`, 'id', id);
  if (job.status === 'deleting') {
    const detail = `Job ${id} is being deleted; it cannot be scaled to ${count}.`;
    return refuseOnRecord(deciding, id, 'JobScaleRefused', { code: 'job-deleting', detail });
  }
  if (job.desired === count) {
    return { answer: { id, status: job.status, desired: count, position: job.position } };
  }
  const ofRoot = whyOfRoot(job, {
    force: force && count < job.desired,
    what: `scaled to ${count}`,
  });
  if (ofRoot !== null) return refuseOnRecord(deciding, id, 'JobScaleRefused', ofRoot);
  const forced = job.numbering === 'given' ? ({ forced: true } as const) : {};
  deciding.emit({
    stream: jobStream(id),
    type: 'JobScaled',
    data: { desired: count, ...difference(deciding.state, job, count), ...forced },
  });
  concludeDeletion(deciding, id);
  return { answer: { id, status: job.status, desired: count, position: deciding.position } };
}

export function difference(
  state: ClusterState,
  job: JobRecord,
  count: number,
): { added: number[]; removed: number[] } {
  const kept: InstanceRecord[] = [];
  for (const key of state.instancesOfJob.of(job.id)) {
    const instance = state.instances.get(key);
    if (instance !== undefined && !instance.removing) kept.push(instance);
  }
  if (count < kept.length) {
    const surplus = kept.sort(leastWorthKeepingFirst(state)).slice(0, kept.length - count);
    return { added: [], removed: surplus.map(({ number }) => number).sort((a, b) => a - b) };
  }
  const added: number[] = [];
  for (let number = 0; added.length < count - kept.length; number += 1) {
    if (state.instances.get(instanceKey(job.id, number)) === undefined) added.push(number);
  }
  return { added, removed: [] };
}

const worth = {
  pending: 0,
  stopping: 0,
  lost: 1,
  failed: 2,
  completed: 2,
  placed: 4,
  starting: 5,
  running: 6,
};
/** Nobody knows whether it runs: better than a failed one, less than one that is being started. */
const worthUnheard = 3;

function worthOf(state: ClusterState, { status, nodeId }: InstanceRecord): number {
  const node = nodeId === null ? undefined : state.nodes.get(nodeId);
  const isHeard = node?.status === 'ready' || node?.status === 'registered';
  return isHeard ? worth[status] : Math.min(worth[status], worthUnheard);
}

/** Those that do not run go first, then those that no worker confirmed, then the newest. */
function leastWorthKeepingFirst(state: ClusterState) {
  return (a: InstanceRecord, b: InstanceRecord): number =>
    worthOf(state, a) - worthOf(state, b) ||
    Number(a.confirmed) - Number(b.confirmed) ||
    b.number - a.number;
}

/** `DELETE /api/v1/jobs/{id}`. Repeated while it lasts: the same answer. */
export function deleteJob(
  deciding: Deciding,
  { id, force = false }: Extract<Command, { type: 'DeleteJob' }>,
): Decided<Answers['DeleteJob']> {
  const job = deciding.state.jobs.get(id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${id}.`, 'id', id);
  if (job.status === 'deleting') {
    return { answer: { id, status: 'deleting', desired: 0, position: job.deletionPosition } };
  }
  const ofRoot = whyOfRoot(job, { force, what: 'deleted' });
  if (ofRoot !== null) return refuseOnRecord(deciding, id, 'JobDeletionRefused', ofRoot);
  deciding.emit({ stream: jobStream(id), type: 'JobDeletionOrdered', data: {} });
  concludeDeletion(deciding, id);
  return { answer: { id, status: 'deleting', desired: 0, position: deciding.position } };
}
