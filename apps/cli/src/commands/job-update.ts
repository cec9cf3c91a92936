import type { Job, JobOrder } from '../client/documents.js';
import type { JsonObject } from '@oakring/contracts';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderJob } from '../render/jobs.js';
import { renderOutlook } from '../render/outlook.js';
import { printable } from '@oakring/narration';
import { contextOf, lookOf, show, warn, type Context, type Surroundings } from './context.js';
import { jobDocument } from './job-document.js';
import { askedOf, located } from './job-file.js';
import { atPositionOption, ifRevisionOption, plannedBy, type PlannedOptions } from './job-plan.js';
import { seconds, wholeNumber } from './options.js';
import { onJob } from './selection.js';
import { forEach, type Done } from './several.js';
import { defaultPatienceSeconds, untilRolledOut, untilRunning } from './wait.js';

export interface WaitOptions {
  readonly wait?: boolean;
  readonly timeout: number;
}

interface UpdateOptions extends WaitOptions, PlannedOptions {
  readonly dryRun?: boolean;
  readonly file?: string;
  readonly image?: string;
  readonly count?: number;
  readonly strict?: boolean;
}

export function addJobUpdate(job: Command, surroundings: Surroundings): void {
  job
    .command('update <job>')
    .description('roll out a new revision: a few instances at a time, back again if it fails')
    .option('-f, --file <path>', 'the new job document (YAML, JSON), whole; "-" for standard input')
    .option('--image <image>', 'only another image')
    .option('--count <n>', 'another number of instances', wholeNumber)
    .option('--strict', 'refuse a document of which something would not be used')
    .option('--dry-run', 'tell what would change, stop and start, and where; write nothing')
    .option(...atPositionOption)
    .option(...ifRevisionOption)
    .option('--wait', 'return once it runs everywhere; fails when it was rolled back')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      `
What -f does not say falls back to its default: it replaces the document, it is no patch. It takes
what "job show --json" prints. Only a change of how an instance runs restarts it: not of the count,
the labels, or of what is done when something fails.
How it is rolled out is part of the document: "update": {"maxUnavailable": 1,
"healthyAfterMs": 5000, "rollback": true}. An instance stops before its successor starts;
with "surge": 1 the new one serves first, where there is room for both.

Examples:
  oakring job update web --image nginx:1.28 --wait
  oakring job update web -f job.yaml --strict`,
    )
    .action(async (named: string, options: UpdateOptions, command: Command) => {
      await update(contextOf(surroundings, command), named, options);
    });
  job
    .command('restart <jobs...>')
    .description('start every instance anew, a few at a time; tries again what was given up')
    .option('--wait', 'return once all of them run again')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText('after', '\nExample:\n  oakring job restart web --wait')
    .action(async (jobs: readonly string[], options: WaitOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      await forEach(context, jobs, async (text) => {
        const { answer } = await onJob(client, text, 'order', (id) => client.restartJob(id));
        return settled(context, answer, options);
      });
    });
}

async function update(context: Context, named: string, options: UpdateOptions): Promise<void> {
  const { client, terminal } = context;
  const { file, image, count, strict, dryRun } = options;
  if (file === undefined && image === undefined && count === undefined) {
    const detail =
      'Say what changes: -f, --image or --count. To start it anew: oakring job restart';
    throw new CommandFailure(`${detail} ${named}`, exitCodes.usage);
  }
  const changes = {
    ...(image === undefined ? {} : { image }),
    ...(count === undefined ? {} : { count }),
  };
  const input = () => terminal.input();
  const request = { image: undefined, cmd: [], options: { file: file ?? '' }, input };
  const given = file === undefined ? undefined : await jobDocument(request);
  const asked = <T>(ask: (id: string, document: JsonObject) => Promise<T>) =>
    given === undefined
      ? changed(client, named, changes, ask)
      : onJob(client, named, 'order', (id) =>
          askedOf(given, ask(id, { ...given.document, ...changes })),
        );
  if (dryRun === true) {
    const { answer } = await asked((id, to) => client.outlookOfUpdate(id, to, strict));
    warn(context, { warnings: await located(given, answer.warnings ?? []) });
    return show(context, answer, (shown) => renderOutlook(shown, terminal.colors));
  }
  const planned = plannedBy(options);
  const { answer } = await asked((id, to) => client.updateJob(id, to, strict, planned));
  const warnings = await located(given, answer.warnings ?? []);
  const placed = warnings.length === 0 ? answer : { ...answer, warnings };
  const { answer: last, render } = await settled(context, placed, options);
  show(context, last, render);
}

/** The document that it has, with other words for some of it. */
async function changed<T>(
  client: Context['client'],
  named: string,
  changes: JsonObject,
  ask: (id: string, document: JsonObject) => Promise<T>,
) {
  const { id, answer: job } = await onJob(client, named, 'order', (known) => client.job(known));
  return { id, answer: await ask(id, { ...job.document, ...changes }) };
}

/** Says what an order changed, and waits for it where it is to be waited for. */
export async function settled(
  context: Context,
  answer: JobOrder,
  { wait, timeout }: WaitOptions,
): Promise<Done<JobOrder | Job>> {
  const { id, restarts } = answer;
  warn(context, answer);
  if (wait !== true) return { answer, render: () => changeText(printable(answer)) };
  const job =
    restarts === true
      ? await untilRolledOut(context, id, timeout)
      : await untilRunning(context, id, timeout);
  return { answer: job, render: () => renderJob(printable(job), lookOf(context)) };
}

function changeText({ id, revision = 1, restarts, desired, position }: JobOrder): string {
  if (restarts === true) return `Job ${id} is to run revision ${revision} (position ${position}).`;
  const is = `Job ${id} is of revision ${revision}, ${desired} to run`;
  return `${is}: nothing is restarted (position ${position}).`;
}
