import type { Job } from '../client/documents.js';
import type { Command } from 'commander';
import { renderDecision } from '../render/decision.js';
import { renderJob, renderJobs } from '../render/jobs.js';
import { contextOf, showView, type Context, type Surroundings } from './context.js';
import { atOption, type AtOptions } from './options.js';
import { addJobOrders } from './job-orders.js';
import { addJobUpdate } from './job-update.js';
import { addJobRun } from './job-run.js';

export function addJobCommands(program: Command, surroundings: Surroundings): void {
  const job = program
    .command('job')
    .description('run, look at, scale, update, move and remove jobs');
  addJobRun(job, surroundings);
  addJobQueries(job, surroundings);
  addJobOrders(job, surroundings);
  addJobUpdate(job, surroundings);
}

function addJobQueries(job: Command, surroundings: Surroundings): void {
  job
    .command('ls')
    .description('list the jobs')
    .addHelpText('after', '\nExample:\n  oakring job ls')
    .option(...atOption)
    .action(async ({ at }: AtOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      showView(context, at, await context.client.jobs(at), ({ items }) =>
        renderJobs(items, context.terminal.colors),
      );
    });
  job
    .command('show <id>')
    .description('show a job and its instances: where each is, and why')
    .option('--why', 'with the decisions that put its instances where they are')
    .addHelpText('after', '\nExamples:\n  oakring job show hello\n  oakring job show hello --why')
    .option(...atOption)
    .action(async (id: string, options: AtOptions & { why?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      const answer = await context.client.job(id, options.at);
      const { colors } = context.terminal;
      const { at } = options;
      if (options.why !== true) {
        return showView(context, at, answer, (shown) => renderJob(shown, colors));
      }
      const decisions = await decisionsOf(context, answer);
      showView(context, at, { job: answer, decisions }, (shown) =>
        [
          renderJob(shown.job, colors),
          ...shown.decisions.map((decision) => renderDecision(decision, colors)),
        ].join('\n\n'),
      );
    });
}

/** The decisions that the instances name, each once. */
function decisionsOf({ client }: Context, { instances }: Job) {
  const ids = new Set(instances.map(({ decision }) => decision).filter((id) => id !== null));
  return Promise.all([...ids].map((id) => client.decision(id)));
}
