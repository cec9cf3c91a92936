import type { Decision, Job } from '../client/documents.js';
import type { Command } from 'commander';
import { renderDecision } from '../render/decision.js';
import { renderJob, renderJobs } from '../render/jobs.js';
import { printable } from '@oakring/narration';
import { contextOf, lookOf, pastNote, type Context, type Surroundings } from './context.js';
import { atOption, listed, momentIn, namesHelp, type AtOptions } from './options.js';
import { onJob } from './selection.js';
import { forEach, type Done } from './several.js';
import { addJobOrders } from './job-orders.js';
import { addJobUpdate } from './job-update.js';
import { addJobPlan } from './job-plan.js';
import { addJobRevisions } from './job-revisions.js';
import { page, pageOfEach, watchOption, type WatchOptions } from './watch.js';
import { addJobRun } from './job-run.js';
import { addJobExec } from './job-exec.js';
import { lastCrashes, renderCrashes } from './job-last-lines.js';
import { addJobLogs } from './job-logs.js';

export function addJobCommands(program: Command, surroundings: Surroundings): void {
  const job = program
    .command('job')
    .description('run, look at, scale, update, move and remove jobs');
  addJobRun(job, surroundings);
  addJobQueries(job, surroundings);
  addJobLogs(job, surroundings);
  addJobExec(job, surroundings);
  addJobOrders(job, surroundings);
  addJobUpdate(job, surroundings);
  addJobRevisions(job, surroundings);
  addJobPlan(job, surroundings);
}

function addJobQueries(job: Command, surroundings: Surroundings): void {
  job
    .command('ls')
    .description('list the jobs')
    .option(
      '--label <key=value>',
      'only those with this label, or a key alone (repeatable)',
      listed,
    )
    .option(...watchOption)
    .addHelpText(
      'after',
      '\nExamples:\n  oakring job ls\n  oakring job ls -o wide --label team=shop',
    )
    .option(...atOption)
    .action(async ({ watch, label, ...options }: ListOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const at = momentIn(options, context);
      const load = () => context.client.jobs(at, label?.join(','));
      await page(
        context,
        { watch, at },
        {
          load,
          render: ({ items }, look) =>
            items.length === 0 && label !== undefined
              ? `No job has all of these labels: ${label.join(', ')}`
              : renderJobs(items, look),
        },
      );
    });
  job
    .command('show <jobs...>')
    .description('show jobs and their instances: where each is, and why')
    .option('--why', 'with the decisions that put its instances where they are')
    .option(...watchOption)
    .addHelpText(
      'after',
      `${namesHelp}\n\nExamples:\n  oakring job show hello\n  oakring job show hello --why`,
    )
    .option(...atOption)
    .action(async (jobs: readonly string[], options: ShowOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      if (options.watch !== true) {
        return await forEach(context, jobs, (text) => shownJob(context, text, options));
      }
      const { client } = context;
      const meant = (text: string) => onJob(client, text, 'look', (id) => client.job(id));
      await pageOfEach(context, options.at, jobs, { meant, render: renderJob });
    });
}

async function shownJob(
  context: Context,
  text: string,
  options: ShowOptions,
): Promise<Done<Shown>> {
  const { client } = context;
  const at = momentIn(options, context);
  const { answer: job } = await onJob(client, text, { lookAt: at }, (id) => client.job(id, at));
  const past = pastNote(context, at);
  const look = lookOf(context, at);
  if (options.why !== true) {
    const crashes = context.json ? [] : await lastCrashes(context, job);
    const after = renderCrashes(text, crashes, context);
    return { answer: job, render: () => past + renderJob(printable(job), look) + after };
  }
  const decisions = await decisionsOf(context, job);
  const render = (): string =>
    past +
    [
      renderJob(printable(job), look),
      ...printable(decisions).map((decision) => renderDecision(decision, look)),
    ].join('\n\n');
  return { answer: { job, decisions }, render };
}

type ListOptions = AtOptions & WatchOptions & { readonly label?: readonly string[] };
type ShowOptions = AtOptions & WatchOptions & { readonly why?: boolean };
type Shown = Job | { readonly job: Job; readonly decisions: readonly Decision[] };

/** The decisions that the instances name, each once. */
function decisionsOf({ client }: Context, { instances }: Job) {
  const ids = new Set(instances.map(({ decision }) => decision).filter((id) => id !== null));
  return Promise.all([...ids].map((id) => client.decision(id)));
}
