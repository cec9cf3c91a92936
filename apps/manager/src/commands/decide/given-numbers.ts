import type { Refusal } from '@oakring/contracts';
import { clusterStream, jobStream } from '@oakring/events';
import {
  currentRoot,
  instanceKey,
  isForgotten,
  partedOf,
  whyInstanceUnusable,
  whyUnusable,
  type JobRecord,
} from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { refuseOnRecord, type Decided, type Deciding } from './deciding.js';
import { concludeDeletion } from './orders.js';
import { refusePlacement } from './plans.js';
import { revise, spokenJob } from './spoken-job.js';

/**
 * Jobs whose instances are numbered by a root: it orders one number at a time, and ends one at a time.
 * A number is there or it is not, so each order may come again, late, or for what is long gone. Such a
 * job begins with its first number, and ends by itself with the last one.
 */

interface Described {
  readonly document: Extract<Command, { type: 'OrderInstance' }>['job'];
  readonly bodyHash: string;
}

/** Absent: this cluster is the first that runs it. */
interface Former {
  readonly takenOver?: true;
}

/** One more number. The job is the one that it began with: a root sends its document with each. */
export function orderInstance(
  deciding: Deciding,
  { id, job: document, bodyHash, instance, root }: Extract<Command, { type: 'OrderInstance' }>,
  former: Former = {},
): Decided<Answers['OrderInstance']> {
  const { state } = deciding;
  const known = state.jobs.get(id);
  if (known !== undefined && known.numbering !== 'given') {
    const detail = `Job ${id} was submitted to this cluster; no root numbers its instances.`;
    const refusal = { code: 'job-id-taken', detail, field: 'id', value: id } as const;
    return refuseOnRecord(deciding, id, 'JobSubmissionRefused', refusal);
  }
  const whose = formerRootOf(deciding, root);
  if (known === undefined) begin(deciding, id, { document, bodyHash, ...former, ...whose });
  else if (known.bodyHash !== bodyHash && whyUnusable(known) !== null) {
    correct(deciding, known, { document, bodyHash });
  }
  const job = state.jobs.get(id);
  if (job === undefined || state.instances.get(instanceKey(id, instance)) !== undefined) {
    return { answer: { id, position: job?.position ?? deciding.position } };
  }
  if (job.bodyHash !== bodyHash) {
    const detail =
      `Instance ${instance} was ordered with another document than the one that job ${id} runs ` +
      'since its first order; it runs that one.';
    const data = { code: 'job-id-taken', detail };
    deciding.emit({ stream: jobStream(id), type: 'JobUpdateRefused', data });
  }
  deciding.emit({
    stream: jobStream(id),
    type: 'JobScaled',
    data: { desired: job.desired + 1, added: [instance], removed: [], ...whose },
  });
  const unusable = whyInstanceUnusable(job, instance);
  if (unusable !== null) refusePlacement(deciding, id, unusable.code, unusable.detail);
  return { answer: { id, position: deciding.position } };
}

/**
 * What came before a root was found to have lost its memory, and is decided after that: it may be of what was there
 * before, whose jobs nobody's ignorance ends (guarantee 6).
 */
function formerRootOf({ state }: Deciding, root: string | null): { readonly formerRoot?: string } {
  return root === null || root === currentRoot(state) ? {} : { formerRoot: root };
}

function begin(
  deciding: Deciding,
  id: string,
  { document, ...said }: Described & Former & { readonly formerRoot?: string },
): void {
  deciding.emit({
    stream: jobStream(id),
    type: 'JobSubmitted',
    data: { id, desired: 0, ...spokenJob(document), ...said, numbering: 'given' },
  });
}

/** What nobody could place, its root describes anew: nothing of it runs that would be another thing. */
function correct(deciding: Deciding, job: JobRecord, { document, bodyHash }: Described): void {
  const { id } = job;
  const reason = 'its root describes anew what nobody could place';
  revise(deciding, job, { ...document, bodyHash }, { reason });
  const { jobs, pendingOfJob, instances } = deciding.state;
  const after = jobs.get(id);
  if (after === undefined) return;
  for (const key of pendingOfJob.of(id)) {
    const { number = 0 } = instances.get(key) ?? {};
    const unusable = whyInstanceUnusable(after, number);
    if (unusable === null) continue;
    refusePlacement(deciding, id, unusable.code, unusable.detail);
    // All wait with the one reason.
    if (whyUnusable(after) !== null) break;
  }
}

/** Of what is not there the end is there already. */
export function endInstance(
  deciding: Deciding,
  { id, instance, root }: Extract<Command, { type: 'EndInstance' }>,
): Decided<Answers['EndInstance']> {
  const job = givenJob(deciding, id);
  const record = deciding.state.instances.get(instanceKey(id, instance));
  if (job === undefined || record === undefined || record.removing) return { answer: null };
  deciding.emit({
    stream: jobStream(id),
    type: 'JobScaled',
    data: {
      ...{ desired: Math.max(0, job.desired - 1), added: [], removed: [instance] },
      ...(isForgotten(deciding.state, job) ? {} : formerRootOf(deciding, root)),
    },
  });
  concludeDeletion(deciding, id);
  return { answer: null };
}

/**
 * The end of all its numbers is asked for. A root asks so for every job that it does not know, be it that it
 * has lost its memory (guarantee 6): it waits until the root is known to remember us.
 */
export function dismissJob(
  deciding: Deciding,
  { id }: Extract<Command, { type: 'DismissJob' }>,
): Decided<Answers['DismissJob']> {
  const job = givenJob(deciding, id);
  if (job === undefined || job.status === 'deleting' || job.dismissed) return { answer: null };
  if (isForgotten(deciding.state, job)) return { answer: null };
  deciding.emit({ stream: jobStream(id), type: 'JobDismissed', data: {} });
  return { answer: null };
}

export function obeyDismissal(
  deciding: Deciding,
  { id }: Extract<Command, { type: 'ObeyDismissal' }>,
): Decided<Answers['ObeyDismissal']> {
  const job = givenJob(deciding, id);
  if (job?.dismissed !== true || job.status === 'deleting') return { answer: null };
  deciding.emit({ stream: jobStream(id), type: 'JobDeletionOrdered', data: {} });
  concludeDeletion(deciding, id);
  return { answer: null };
}

/** The root took us in. Another id than before: its data base is another one, and knows none of our jobs. */
export function recordRoot(
  deciding: Deciding,
  { root, since }: Extract<Command, { type: 'RecordRoot' }>,
): Decided<Answers['RecordRoot']> {
  const former = currentRoot(deciding.state);
  if (former === root) return { answer: { remembers: true } };
  if (former === null) {
    deciding.emit({ stream: clusterStream, type: 'RootRegistered', data: { root } });
    return { answer: { remembers: true } };
  }
  let jobs = 0;
  for (const { root: by, submittedPosition } of deciding.state.jobs.values()) {
    if (by === former && submittedPosition <= (since ?? Infinity)) jobs += 1;
  }
  const data = { former, root, jobs, ...(since === undefined ? {} : { since }) };
  deciding.emit({ stream: clusterStream, type: 'RootForgot', data });
  return { answer: { remembers: false } };
}

export function recordRootTold(
  deciding: Deciding,
  { instances: told }: Extract<Command, { type: 'RecordRootTold' }>,
): Decided<Answers['RecordRootTold']> {
  const instances = told.filter((key) => partedOf(deciding.state, key) !== null);
  if (instances.length > 0) {
    deciding.emit({ stream: clusterStream, type: 'RootToldOfEnds', data: { instances } });
  }
  return { answer: null };
}

/** What a root asked for is not changed behind its back: it would ask for it again, or count on it. */
export function whyOfRoot(
  { id, numbering }: JobRecord,
  { force, what }: { readonly force: boolean; readonly what: string },
): Refusal | null {
  if (numbering !== 'given' || force) return null;
  const detail = `Job ${id} is a root's, which numbers its instances; it is not ${what} here.`;
  return { code: 'job-of-root', detail, field: 'id', value: id };
}

/** What was submitted here is nothing that a root can end. */
function givenJob({ state }: Deciding, id: string): JobRecord | undefined {
  const job = state.jobs.get(id);
  return job?.numbering === 'given' ? job : undefined;
}
