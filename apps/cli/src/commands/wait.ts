import type { InstanceAnswer, JobAnswer } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import type { Context } from './context.js';

const lookEveryMs = 150;
const patienceMs = 60_000;

/** Waits until nothing of the job is on its way any more. */
export async function untilSettled(context: Context, id: string): Promise<JobAnswer> {
  const path = `/api/v1/jobs/${encodeURIComponent(id)}`;
  return poll(context, `job ${id} to settle`, async (progress) => {
    const job = await context.client.get<JobAnswer>(path);
    progress(summary(job));
    return job.instances.every(isSettled) ? job : null;
  });
}

/** Waits until the last instance has ended and the job is gone. */
export async function untilGone(context: Context, id: string): Promise<void> {
  const path = `/api/v1/jobs/${encodeURIComponent(id)}`;
  await poll(context, `job ${id} to be gone`, async (progress) => {
    try {
      progress(summary(await context.client.get<JobAnswer>(path)));
      return null;
    } catch (error) {
      if (error instanceof CommandFailure && error.message.includes('[job-unknown]')) return true;
      throw error;
    }
  });
}

/** A pending instance is settled once it was refused with a decision: it waits for the cluster. */
function isSettled(instance: InstanceAnswer): boolean {
  if (instance.movingTo !== undefined) return false;
  switch (instance.status) {
    case 'running':
    case 'completed':
    case 'failed':
    case 'stopped':
    case 'lost':
      return true;
    case 'pending':
      return instance.decision !== null;
    case 'placed':
    case 'starting':
    case 'stopping':
    case 'unknown':
      return false;
  }
}

function summary(job: JobAnswer): string {
  const counts = new Map<string, number>();
  for (const { status } of job.instances) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'no instances';
}

async function poll<T>(
  { terminal, json }: Context,
  what: string,
  look: (progress: (text: string) => void) => Promise<T | null>,
): Promise<T> {
  const { clock, timers } = systemPorts();
  const untilMs = clock.monotonicMs() + patienceMs;
  let shown = '';
  const progress = (text: string): void => {
    if (text === shown || json) return;
    shown = text;
    terminal.error(terminal.colors.dim(text));
  };
  for (;;) {
    const found = await look(progress);
    if (found !== null) return found;
    if (clock.monotonicMs() > untilMs) {
      const seconds = patienceMs / 1000;
      throw new CommandFailure(`Waited ${seconds} s for ${what}.`, exitCodes.timedOut);
    }
    await timers.sleep(lookEveryMs);
  }
}
