import type { JsonObject } from '@oakring/contracts';
import { canonicalJson } from '@oakring/events';
import type { JobRecord } from '../../views/records.js';
import type { Answers, Command } from '../command.js';
import { jobStream, refuse, type Decided, type Deciding } from './deciding.js';
import { difference } from './jobs.js';
import { callMovesOff } from './orders.js';

type Update = Extract<Command, { type: 'UpdateJob' }>;

/**
 * `PUT /api/v1/jobs/{id}`: a new revision, and a new desired count. The same document again changes
 * nothing. Instances are replaced one after the other by the rollout loop.
 */
export function updateJob(deciding: Deciding, update: Update): Decided<Answers['UpdateJob']> {
  const { id, job: document } = update;
  const job = deciding.state.jobs.get(id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${id}.`, 'id', id);
  const refusal = refusalOf(job, update);
  if (refusal !== null) {
    const { code, detail } = refusal.refusal;
    deciding.emit({ stream: jobStream(id), type: 'JobUpdateRefused', data: { code, detail } });
    return refusal;
  }
  if (job.bodyHash !== update.bodyHash && !isSameButCount(job.document, document.document)) {
    deciding.emit({
      stream: jobStream(id),
      type: 'JobUpdated',
      data: {
        revision: job.revision + 1,
        document: { ...document.document },
        technology: document.technology,
        resources: document.resources,
        labels: document.labels,
        constraints: document.constraints.map((constraint) => ({ ...constraint })),
        policy: document.policy,
        bodyHash: update.bodyHash,
        rollbackTo: 0,
        reason: '',
      },
    });
  }
  if (document.policy.onDisconnect.stopOnWorkerAfterMs !== null) callMovesOff(deciding, id);
  if (job.desired !== document.count) {
    deciding.emit({
      stream: jobStream(id),
      type: 'JobScaled',
      data: { desired: document.count, ...difference(deciding.state, job, document.count) },
    });
  }
  const { status, revision, position } = deciding.state.jobs.get(id) ?? job;
  return { answer: { id, status, desired: document.count, revision, position } };
}

/** Another number of instances is no other revision: nothing that runs is touched by it. */
function isSameButCount(before: JsonObject, after: JsonObject): boolean {
  const { count: _count, id: _id, ...described } = before;
  const { count: _newCount, id: _newId, ...description } = after;
  return canonicalJson(described) === canonicalJson(description);
}

function refusalOf(job: JobRecord, update: Update): ReturnType<typeof refuse> | null {
  const { id, ifPosition } = update;
  if (job.status === 'deleting') {
    return refuse('job-deleting', `Job ${id} is being deleted; it cannot be updated.`);
  }
  if (job.status === 'completed') {
    return refuse('job-completed', `Every instance of job ${id} has run to its end.`);
  }
  if (ifPosition !== null && job.position > ifPosition) {
    const detail = `Job ${id} changed at position ${job.position}, after ${ifPosition}.`;
    return refuse('position-changed', detail, 'If-Match', ifPosition);
  }
  return null;
}

/** Every instance runs the newest revision, and is healthy. */
export function completeRollout(deciding: Deciding, id: string, revision: number): Decided<null> {
  const job = deciding.state.jobs.get(id);
  const status = job?.rollout?.status;
  const isOpen = status === 'progressing' || status === 'rollingBack';
  if (job?.revision === revision && isOpen) {
    deciding.emit({ stream: jobStream(id), type: 'RolloutCompleted', data: { revision } });
  }
  return { answer: null };
}
