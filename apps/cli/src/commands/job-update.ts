import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderJob } from '../render/jobs.js';
import { contextOf, show, type Context, type Surroundings } from './context.js';
import { jobDocument } from './job-document.js';
import { seconds, wholeNumber } from './options.js';
import { defaultPatienceSeconds, untilRolledOut } from './wait.js';

interface WaitOptions {
  readonly wait?: boolean;
  readonly timeout: number;
}

interface UpdateOptions extends WaitOptions {
  readonly file?: string;
  readonly image?: string;
  readonly count?: number;
}

/** Members of an answer that are the job's state, not its document. */
const stateMembers = new Set(['status', 'desired', 'position', 'instances', 'revision', 'rollout']);

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
What -f does not say falls back to its default: it replaces the document, it is no patch.
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
      const before = file === undefined ? documentOf(await client.job(id)) : undefined;
      const changes = {
        ...(image === undefined ? {} : { image }),
        ...(count === undefined ? {} : { count }),
      };
      const given =
        file === undefined
          ? {}
          : await jobDocument({
              ...{ image: undefined, cmd: [], options: { file } },
              input: () => terminal.input(),
            });
      await rollOut(context, id, { ...before, ...given, ...changes }, options);
    });
  job
    .command('restart <id>')
    .description('start every instance anew, a few at a time; tries again what was given up')
    .option('--wait', 'return once all of them run again')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText('after', '\nExample:\n  oakring job restart web --wait')
    .action(async (id: string, options: WaitOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const before = documentOf(await context.client.job(id));
      // A member that nobody reads makes a new revision of the same job.
      const restartedAt = new Date(context.ports.clock.wallMs()).toISOString();
      await rollOut(context, id, { ...before, restartedAt }, options);
    });
}

async function rollOut(
  context: Context,
  id: string,
  document: Record<string, unknown>,
  { wait, timeout }: WaitOptions,
): Promise<void> {
  const { client, terminal } = context;
  const answer = await client.updateJob(id, document);
  if (wait !== true) {
    const told = `Job ${id} is to run revision ${answer.revision ?? '?'}`;
    return show(context, answer, () => `${told} (position ${answer.position}).`);
  }
  show(context, await untilRolledOut(context, id, timeout), (settled) =>
    renderJob(settled, terminal.colors),
  );
}

/** The document that a job's answer carries. */
function documentOf(answer: { readonly [member: string]: unknown }): Record<string, unknown> {
  const members = Object.entries(answer).filter(([name]) => !stateMembers.has(name));
  return { ...Object.fromEntries(members), count: answer['desired'] };
}
