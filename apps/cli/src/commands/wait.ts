import { isNothing } from '@oakring/contracts';
import type { Instance, Job, Node } from '../client/documents.js';
import { ManagerError } from '../client/manager-error.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { rolloutWords } from '../render/jobs.js';
import { printable } from '@oakring/narration';
import { countBy } from '../render/status.js';
import type { Context } from './context.js';

/** A person sees no difference below this, and the manager answers in well under a millisecond. */
const lookEveryMs = 150;
export const defaultPatienceSeconds = 60;

/** What a look at the cluster showed. */
type Seen<T> =
  | { readonly is: 'done'; readonly value: T }
  | { readonly is: 'underway'; readonly now: string }
  | { readonly is: 'failed'; readonly because: string };

/**
 * Waits until every instance that is wanted runs (and is healthy, where it has checks), or has completed. An instance that waits for
 * capacity is waited for: a change may make it fit; so is a failed one that is tried again. One in a
 * crash loop, or given up, ends the wait with `refused` once nothing else is on its way.
 */
export function untilRunning(context: Context, id: string, patience: number): Promise<Job> {
  return poll(context, `job ${id} to run`, patience, async () => {
    const job = await context.client.job(id);
    if (job.instances.some(isUnderway)) return { is: 'underway', now: progressOf(job) };
    const failed = job.instances.filter(({ status }) => status === 'failed');
    if (failed.length === 0) return { is: 'done', value: job };
    // One that is tried again may well run the next time; one that fails and fails is told.
    const isHopeless = failed.some(({ givenUp, crashLooping }) => givenUp === true || crashLooping);
    if (!isHopeless) return { is: 'underway', now: progressOf(job) };
    return { is: 'failed', because: `Job ${id}: ${failed.map(reasonOf).join('; ')}.` };
  });
}

/** Waits until the last instance has ended and the job is gone. */
export async function untilGone(context: Context, id: string, patience: number): Promise<void> {
  await poll(context, `job ${id} to be gone`, patience, async () => {
    try {
      return { is: 'underway', now: progressOf(await context.client.job(id)) };
    } catch (error) {
      const isGone = error instanceof ManagerError && error.problem?.code === 'job-unknown';
      if (!isGone) throw error;
      return { is: 'done', value: null };
    }
  });
}

export interface OrderedMove {
  readonly id: string;
  readonly instance: number;
  /** Of the placement that takes over. */
  readonly generation: number;
}

/** Waits until the instance runs under the new generation; a move that was given up is refused. */
export function untilMoved(
  context: Context,
  { id, instance: number, generation }: OrderedMove,
  patience: number,
): Promise<Job> {
  return poll(context, `instance ${number} of job ${id} to move`, patience, async () => {
    const job = await context.client.job(id);
    const instance = job.instances.find((one) => one.number === number);
    if (instance === undefined) {
      return { is: 'failed', because: `Job ${id} has no instance ${number} any more.` };
    }
    if (instance.generation >= generation && instance.status === 'running') {
      return { is: 'done', value: job };
    }
    const givenUp = instance.generation < generation && instance.movingTo === undefined;
    if (givenUp || instance.status === 'failed') {
      return { is: 'failed', because: `Job ${id}: ${reasonOf(instance)}.` };
    }
    return { is: 'underway', now: progressOf(job) };
  });
}

/** Waits until a rollout has come to its end; one that failed or was rolled back is refused. */
export function untilRolledOut(context: Context, id: string, patience: number): Promise<Job> {
  return poll(context, `job ${id} to run its new revision`, patience, async () => {
    const job = await context.client.job(id);
    const { status = 'completed', reason, updated } = job.rollout ?? { reason: null, updated: 0 };
    if (status === 'completed') return { is: 'done', value: job };
    const why = reason === null ? '' : `; ${reason}`;
    const now = `${rolloutWords[status]}: ${updated} of ${job.desired} updated; ${progressOf(job)}${why}`;
    if (status === 'progressing' || status === 'rollingBack') return { is: 'underway', now };
    const outcome = status === 'failed' ? 'failed' : 'was rolled back';
    const because = `The rollout of job ${id} ${outcome}: ${reason ?? 'no reason'}.`;
    return { is: 'failed', because };
  });
}

/** Waits until a node's drain has ended; one that left something there is refused. */
export function untilDrained(context: Context, id: string, patience: number): Promise<Node> {
  return poll(context, `node ${id} to be drained`, patience, async () => {
    const node = await context.client.node(id);
    if (node.flags.draining !== null) {
      return { is: 'underway', now: `${node.instances} left on ${id}` };
    }
    if (isEmpty(node)) return { is: 'done', value: node };
    const why = node.flags.cordoned?.reason ?? 'it was called off';
    const remedy = `Make room elsewhere and drain again, stop what is left with --force, or: oakring node uncordon ${id}`;
    const because = `Node ${id} is not empty: ${why} ${remedy}`;
    return { is: 'failed', because };
  });
}

/** What was lost there counts elsewhere, and holds its place: it may run still. */
function isEmpty({ instances, reserved }: Node): boolean {
  return instances === 0 && isNothing(reserved);
}

function isUnderway({ status, movingTo, health }: Instance): boolean {
  if (movingTo !== undefined || isAwaited(health)) return true;
  return status !== 'running' && status !== 'completed' && status !== 'failed';
}

/** It runs, and serves once its checks say so. */
function isAwaited(health: Instance['health']): boolean {
  return health !== undefined && health.status !== 'healthy';
}

function reasonOf({ number, status, reason }: Instance): string {
  return `instance ${number} is ${status}${reason === null ? '' : `: ${reason}`}`;
}

/** Counts by status, and why the first one waits, if one does. */
function progressOf({ instances }: Job): string {
  const counts = Object.entries(countBy(instances, standingOf));
  const summary = counts.map(([status, count]) => `${count} ${status}`).join(', ');
  const waiting = instances.find(({ status }) => status === 'pending' || status === 'failed');
  const why = waiting?.reason ?? null;
  return `${summary || 'no instances'}${why === null ? '' : ` (${why})`}`;
}

function standingOf({ status, health }: Instance): string {
  return isAwaited(health) ? `${status}, not healthy` : status;
}

async function poll<T>(
  context: Context,
  what: string,
  patience: number,
  look: () => Promise<Seen<T>>,
): Promise<T> {
  const { clock, timers } = context.ports;
  const untilMs = clock.monotonicMs() + patience * 1000;
  const progress = progressLine(context);
  try {
    for (;;) {
      const seen = await look();
      if (seen.is === 'done') return seen.value;
      if (seen.is === 'failed') throw new CommandFailure(seen.because, exitCodes.refused);
      progress.show(seen.now);
      if (clock.monotonicMs() >= untilMs) {
        const detail = `Waited ${patience} s for ${what}; now: ${seen.now}.`;
        throw new CommandFailure(detail, exitCodes.timedOut);
      }
      await timers.sleep(lookEveryMs);
    }
  } finally {
    progress.end();
  }
}

/** One line that changes on a terminal, a line per change elsewhere, nothing for programs. */
function progressLine({ terminal, json }: Context): { show(text: string): void; end(): void } {
  let shown = '';
  return {
    show(text) {
      if (json || text === shown) return;
      shown = text;
      if (terminal.errorIsTerminal) terminal.status(printable(text));
      else terminal.error(printable(text));
    },
    end() {
      if (shown !== '' && terminal.errorIsTerminal) terminal.status('');
    },
  };
}
