import type { JobOrder } from '../client/documents.js';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderJob } from '../render/jobs.js';
import { contextOf, show, warn, type Context, type Surroundings } from './context.js';
import { jobDocument } from './job-document.js';
import { seconds, wholeNumber } from './options.js';
import { defaultPatienceSeconds, untilRolledOut, untilRunning } from './wait.js';

interface WaitOptions {
  readonly wait?: boolean;
  readonly timeout: number;
}

interface UpdateOptions extends WaitOptions {
  readonly file?: string;
  readonly image?: string;
  readonly count?: number;
}

export function addJobUpdate(job: Command, surroundings: Surroundings): void {
  job
    .command('update <id>')
    .description('roll out a new revision: a few instances at a time, back again if it fails')
    .option('-f, --file <path>', 'the new job document (JSON), whole; "-" for standard input')
    .option('--image <image>', 'only another image')
    .option('--count <n>', 'another number of instances', wholeNumber)
    .option('--wait', 'return once it runs everywhere; fails when it was rolled back')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      `
What -f does not say falls back to its default: it replaces the document, it is no patch. It takes
what "job show --json" prints. Only a change of how an instance runs restarts it: not of the count,
the labels, or of what is done when something fails.
How it is rolled out is part of the document: "update": {"maxUnavailable": 1,
"healthyAfterMs": 5000, "rollback": true}. An instance stops before its successor starts.

Examples:
  oakring job update web --image nginx:1.28 --wait
  oakring job update web -f job.json`,
    )
    .action(async (id: string, options: UpdateOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client, terminal } = context;
      const { file, image, count } = options;
      if (file === undefined && image === undefined && count === undefined) {
        const detail =
          'Say what changes: -f, --image or --count. To start it anew: oakring job restart';
        throw new CommandFailure(`${detail} ${id}`, exitCodes.usage);
      }
      const before = file === undefined ? (await client.job(id)).document : undefined;
      const changes = {
        ...(image === undefined ? {} : { image }),
        ...(count === undefined ? {} : { count }),
      };
      const given =
        file === undefined
          ? {}
          : await jobDocument({
              image: undefined,
              cmd: [],
              options: { file },
              input: () => terminal.input(),
            });
      const answer = await client.updateJob(id, { ...before, ...given, ...changes });
      await told(context, answer, options);
    });
  job
    .command('restart <id>')
    .description('start every instance anew, a few at a time; tries again what was given up')
    .option('--wait', 'return once all of them run again')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText('after', '\nExample:\n  oakring job restart web --wait')
    .action(async (id: string, options: WaitOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      await told(context, await context.client.restartJob(id), options);
    });
}

/** Says what an order changed, and waits for it where it is to be waited for. */
async function told(
  context: Context,
  answer: JobOrder,
  { wait, timeout }: WaitOptions,
): Promise<void> {
  const { id, restarts } = answer;
  warn(context, answer);
  if (wait !== true) return show(context, answer, changeText);
  const settled =
    restarts === true
      ? await untilRolledOut(context, id, timeout)
      : await untilRunning(context, id, timeout);
  show(context, settled, (job) => renderJob(job, context.terminal.colors));
}

function changeText({ id, revision = 1, restarts, desired, position }: JobOrder): string {
  if (restarts === true) return `Job ${id} is to run revision ${revision} (position ${position}).`;
  const is = `Job ${id} is of revision ${revision}, ${desired} to run`;
  return `${is}: nothing is restarted (position ${position}).`;
}
