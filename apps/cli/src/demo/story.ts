import { printable } from '@oakring/narration';
import type { Ports } from '@oakring/ports';
import type { ManagerClient } from '../client/manager-client.js';
import { ManagerError } from '../client/manager-error.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';
import { demoJob, demoWorkers } from './cast.js';
import { watchEvents, type EventWatch } from './event-watch.js';
import { historyOf } from './history.js';
import { createStoryTeller } from './story-lines.js';

/** Each step takes well under a second; a machine under load gets its time, a hang does not. */
const stepWithinMs = 20_000;
const lookEveryMs = 50;

export interface Story {
  readonly client: ManagerClient;
  /** Where the log ended before this start; 0 for a new one. */
  readonly positionBefore: number;
  startWorkers(): Promise<void>;
  readonly terminal: Terminal;
  readonly ports: Ports;
  /** Ends the story early, without an error. */
  readonly signal: AbortSignal;
}

/** From an empty cluster, or the one of last time, to a job that runs; told as it is committed. */
export async function tellStory(story: Story): Promise<void> {
  const { client, terminal, signal } = story;
  const { out, colors } = terminal;
  const history = await historyOf(client, story.positionBefore, story);
  if (history !== null) out(colors.green(history));
  out(history === null ? 'A new cluster. Three workers join it:' : 'Its three workers come back:');

  const tell = createStoryTeller(colors);
  // What this start ordered already belongs to it: its outcome is told below.
  const watch = watchEvents(
    client,
    story.positionBefore + 1,
    (event) => tell(event).forEach((line) => out(line)),
    story,
  );
  await story.startWorkers();
  await step(story, watch, 'the three workers to be ready', async () =>
    demoWorkers.every(({ id }) => watch.ready.has(id)),
  );

  await submit(story, watch, history !== null);
  if (!(await allRun(story, watch, history !== null))) return;
  const { position } = await client.head();
  await step(story, watch, 'the log to be told', async () => watch.position >= position);
  if (signal.aborted) return;
  const { desired } = await client.job(demoJob.id);
  out(
    colors.green(`${desired} instances of ${demoJob.id} run${history === null ? '' : ' again'}.`),
  );
}

/** The same body under the same id: a job that is there already is neither doubled nor refused. */
async function submit(story: Story, watch: EventWatch, isRepeated: boolean): Promise<void> {
  const { client, terminal, signal } = story;
  if (signal.aborted) return;
  const { count, image, id } = demoJob;
  terminal.out(
    isRepeated
      ? `The job ${id} is asked for again: under the same id it is the same job.`
      : `A root asks for ${count} × ${image}:`,
  );
  await step(story, watch, `job ${id} to be taken`, async () => {
    try {
      await client.submitJob(demoJob);
      return true;
    } catch (error) {
      // Somebody deleted it last time, and its instances are only now ending.
      const code = error instanceof ManagerError ? error.problem?.code : null;
      if (code === 'job-deleting') return false;
      if (code !== 'job-id-taken') throw error;
      terminal.out('It was changed since then, and goes on as it is.');
      return true;
    }
  });
}

/** False, and said, where what was done to the cluster since last time stands in the way. */
async function allRun(story: Story, watch: EventWatch, isRepeated: boolean): Promise<boolean> {
  const { client, terminal } = story;
  try {
    await step(story, watch, `the instances of job ${demoJob.id} to run`, () => runs(client));
    return true;
  } catch (error) {
    if (!isRepeated || !(error instanceof CommandFailure) || watch.trouble !== null) throw error;
    terminal.out(
      terminal.colors.yellow(`Not all of ${demoJob.id} runs; why: oakring job show ${demoJob.id}`),
    );
    return false;
  }
}

async function runs(client: ManagerClient): Promise<boolean> {
  const { instances } = await client.job(demoJob.id);
  return instances.every(({ status, confirmed }) => status === 'running' && confirmed);
}

async function step(
  { ports: { clock, timers }, signal }: Story,
  watch: EventWatch,
  what: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + stepWithinMs;
  while (!signal.aborted && !(await isDone())) {
    if (watch.trouble !== null) {
      throw new CommandFailure(
        `The demo broke off: ${printable(watch.trouble)}`,
        exitCodes.refused,
      );
    }
    if (clock.monotonicMs() > deadlineMs) {
      const detail = `The demo waited ${stepWithinMs / 1000} s for ${what}, in vain.`;
      throw new CommandFailure(
        `${detail} The log of this start is above; try again with another folder: --data <folder>.`,
        exitCodes.refused,
      );
    }
    await timers.sleep(lookEveryMs, signal);
  }
}
