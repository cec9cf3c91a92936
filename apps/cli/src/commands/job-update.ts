import type { Command } from 'commander';
import { renderJob } from '../render/jobs.js';
import { contextOf, show, type Surroundings } from './context.js';
import { jobDocument } from './job-document.js';
import { seconds, wholeNumber } from './options.js';
import { defaultPatienceSeconds, untilRolledOut } from './wait.js';

interface UpdateOptions {
  readonly file?: string;
  readonly image?: string;
  readonly count?: number;
  readonly wait?: boolean;
  readonly timeout: number;
}

/** Members of an answer that are the job's state, not its document. */
const stateMembers = new Set(['status', 'desired', 'position', 'instances', 'revision', 'rollout']);

export function addJobUpdate(job: Command, surroundings: Surroundings): void {
  job
    .command('update <id>')
    .description('roll out a new revision: a few instances at a time, back again if it fails')
    .option('-f, --file <path>', 'the new job document (JSON), "-" for standard input')
    .option('--image <image>', 'only another image')
    .option('--count <n>', 'another number of instances', wholeNumber)
    .option('--wait', 'return once it runs everywhere; fails when it was rolled back')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      '\nExamples:\n  oakring job update web --image nginx:1.28 --wait\n  oakring job update web -f job.json',
    )
    .action(async (id: string, options: UpdateOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client, terminal } = context;
      const { file, image, count } = options;
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
      const answer = await client.updateJob(id, { ...before, ...given, ...changes });
      if (options.wait !== true) {
        const told = `Job ${id} is to run revision ${answer.revision ?? '?'}`;
        return show(context, answer, () => `${told} (position ${answer.position}).`);
      }
      show(context, await untilRolledOut(context, id, options.timeout), (settled) =>
        renderJob(settled, terminal.colors),
      );
    });
}

/** The document that a job's answer carries. */
function documentOf(answer: { readonly [member: string]: unknown }): Record<string, unknown> {
  const members = Object.entries(answer).filter(([name]) => !stateMembers.has(name));
  return { ...Object.fromEntries(members), count: answer['desired'] };
}
