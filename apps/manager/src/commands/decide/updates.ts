import {
  imageIsRun,
  runPartOf,
  type JobDocument,
  type JsonObject,
  type Refusal,
} from '@oakring/contracts';
import { canonicalJson, jobStream } from '@oakring/events';
import { isRolledOut, revisionKey, type ClusterState, type JobRecord } from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { refuse, refuseOnRecord, type Decided, type Deciding } from './deciding.js';
import { whyOfRoot } from './given-numbers.js';
import { difference } from './jobs.js';
import { callMovesOff } from './orders.js';
import { whyWithoutSecret } from './secrets.js';
import { revise, runsAlike } from './spoken-job.js';
import { surgesOf } from './surges.js';

type Update = Extract<Command, { type: 'UpdateJob' }>;

/**
 * `PUT /api/v1/jobs/{id}`: a new revision, and a new desired count. The same document again changes
 * nothing, and one that runs alike restarts nothing. Instances are replaced one after the other by the
 * rollout loop.
 */
export function updateJob(deciding: Deciding, update: Update): Decided<Answers['UpdateJob']> {
  const { id } = update;
  const job = deciding.state.jobs.get(id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${id}.`, 'id', id);
  const document = documentOf(update, job);
  const ofRoot = whyOfRoot(job, { force: false, what: 'updated' });
  if (ofRoot !== null) return refuseOnRecord(deciding, id, 'JobUpdateRefused', ofRoot);
  const refused =
    refusalOf(job, update.ifPosition) ??
    refusalOfPlan(job, update) ??
    refusalOfImage(job, document.document) ??
    refusalOfSecrets(deciding, document.document);
  if (refused !== null) return refuseOnRecord(deciding, id, 'JobUpdateRefused', refused.refusal);
  if (job.bodyHash !== update.bodyHash && !isSameButCount(job.document, document.document)) {
    const described = { ...document, bodyHash: update.bodyHash };
    const sameAs = revisionAlike(deciding.state, job, document.document);
    revise(deciding, job, described, { sameAs, restores: update.restores, reason: '' });
  }
  if (document.policy.onDisconnect.stopOnWorkerAfterMs !== null) callMovesOff(deciding, id);
  if (job.desired !== document.count) {
    deciding.emit({
      stream: jobStream(id),
      type: 'JobScaled',
      data: { desired: document.count, ...difference(deciding.state, job, document.count) },
    });
  }
  return answerOf(deciding, job);
}

/** Going back to a revision takes no instances away: how many there are is no part of it. */
function documentOf({ job, restores }: Update, { desired }: JobRecord): JobDocument {
  if (restores === undefined) return job;
  return { ...job, count: desired, document: { ...job.document, count: desired } };
}

/** `POST /api/v1/jobs/{id}/restart`: every instance anew; what was given up is tried again. */
export function restartJob(deciding: Deciding, id: string): Decided<Answers['RestartJob']> {
  const job = deciding.state.jobs.get(id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${id}.`, 'id', id);
  const refused = refusalOf(job, null) ?? refusalOfSecrets(deciding, job.document);
  if (refused !== null) return refuseOnRecord(deciding, id, 'JobUpdateRefused', refused.refusal);
  revise(deciding, job, job, { reason: 'a restart was ordered' });
  return answerOf(deciding, job);
}

/** What would be stopped for it could not be started anew. */
function refusalOfSecrets({ state }: Deciding, document: JsonObject): { refusal: Refusal } | null {
  const refusal = whyWithoutSecret(state, document);
  return refusal === null ? null : { refusal };
}

function answerOf(deciding: Deciding, before: JobRecord): { answer: Answers['UpdateJob'] } {
  const after = deciding.state.jobs.get(before.id) ?? before;
  const { id, status, desired, revision, position } = after;
  const restarts = revision > before.revision && isRolledOut(after);
  return { answer: { id, status, desired, revision, position, restarts } };
}

function textOf(document: JsonObject): string {
  return canonicalJson(document);
}

/**
 * The newest revision that runs as the document says, of those that instances still run; 0: there is
 * none. A revision given back while another is rolled out must not restart what never left it.
 */
function revisionAlike(state: ClusterState, job: JobRecord, document: JsonObject): number {
  const revisions = new Set([job.revision]);
  for (const key of state.instancesOfJob.of(job.id)) {
    revisions.add(state.instances.get(key)?.revision ?? 0);
  }
  const isAlike = (revision: number): boolean => {
    const of = revision === job.revision ? job : state.revisions.get(revisionKey(job.id, revision));
    return of !== undefined && runsAlike(of, { document });
  };
  return [...revisions].sort((a, b) => b - a).find(isAlike) ?? 0;
}

/** Another number of instances is no other revision: nothing that runs is touched by it. */
function isSameButCount(before: JsonObject, after: JsonObject): boolean {
  const { count: _count, id: _id, ...described } = before;
  const { count: _newCount, id: _newId, ...description } = after;
  return textOf(described) === textOf(description);
}

/** Another image of a process whose command stays as it is would be taken, and change nothing. */
function refusalOfImage(
  { id, document: before }: JobRecord,
  after: JsonObject,
): ReturnType<typeof refuse> | null {
  if (before['image'] === after['image'] || imageIsRun(before) || imageIsRun(after)) return null;
  const command = (document: JsonObject): string => textOf({ of: runPartOf(document)['command'] });
  if (command(before) !== command(after)) return null;
  const detail =
    `Job ${id} is a process that runs its command (cmd); another image changes nothing of it. ` +
    'Change cmd, or leave the image as it is.';
  return refuse('update-without-effect', detail, 'image', after['image']);
}

function refusalOf(job: JobRecord, ifPosition: number | null): ReturnType<typeof refuse> | null {
  const { id } = job;
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

/** What was planned is done as it was planned, or not at all. What became of instances since changes no plan. */
function refusalOfPlan(
  { id, revision, orderedPosition }: JobRecord,
  { planned }: Update,
): ReturnType<typeof refuse> | null {
  const { position = null, revision: seen = null } = planned ?? {};
  if (position !== null && orderedPosition > position) {
    const detail = `Job ${id} was changed at position ${orderedPosition}, after the plan of ${position}.`;
    return refuse('plan-outdated', detail, 'atPosition', position);
  }
  if (seen !== null && revision !== seen) {
    const detail = `Job ${id} is of revision ${revision}, and the plan of revision ${seen}.`;
    return refuse('plan-outdated', detail, 'ifRevision', seen);
  }
  return null;
}

/** Every instance runs the newest revision, and is healthy. Nothing while another one is still beside one of them. */
export function completeRollout(deciding: Deciding, id: string, revision: number): Decided<null> {
  const job = deciding.state.jobs.get(id);
  if (job?.revision !== revision || !isRolledOut(job)) return { answer: null };
  if (surgesOf(deciding.state, id) > 0) return { answer: null };
  deciding.emit({ stream: jobStream(id), type: 'RolloutCompleted', data: { revision } });
  return { answer: null };
}
