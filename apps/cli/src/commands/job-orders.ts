import { InvalidArgumentError, type Command } from 'commander';
import { printable } from '@oakring/narration';
import { renderJob } from '../render/jobs.js';
import { contextOf, lookOf, show, type Context, type Surroundings } from './context.js';
import { namesHelp, seconds, wholeNumber } from './options.js';
import { foreseen } from './foreseen.js';
import { onJob, onNode } from './selection.js';
import { forEach, type Done } from './several.js';
import { defaultPatienceSeconds, untilGone, untilMoved, untilRunning } from './wait.js';

type MoveOptions = WaitOptions & { readonly to?: string; readonly cancel?: boolean };

interface WaitOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
}

export function addJobOrders(job: Command, surroundings: Surroundings): void {
  addRemove(job, surroundings);
  addScale(job, surroundings);
  addMove(job, surroundings);
}

function addRemove(job: Command, surroundings: Surroundings): void {
  job
    .command('rm <jobs...>')
    .description('stop every instance of jobs and forget them')
    .option('--force', 'also a job of a root, which is told')
    .option('--dry-run', 'tell what would stop, and where; write nothing')
    .option('--wait', 'return once its last instance has ended')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      `${namesHelp}\n\nExamples:\n  oakring job rm hello --wait\n  oakring job rm hello web api`,
    )
    .action(async (jobs: readonly string[], options: WaitOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      const { force = false, wait, timeout } = options;
      if (options.dryRun === true) {
        return forEach(context, jobs, async (text) => {
          const ask = (id: string) => client.outlookOfDelete(id, force);
          return foreseen(context, await onJob(client, text, 'order', ask));
        });
      }
      await forEach(context, jobs, async (text) => {
        const { answer } = await onJob(client, text, 'order', (id) => client.deleteJob(id, force));
        if (wait === true) await untilGone(context, answer.id, timeout);
        const state = wait === true ? 'is gone' : 'is being deleted';
        const told = `Job ${answer.id} ${state} (position ${answer.position}).`;
        return { answer, render: () => printable(told) };
      });
    });
}

function addScale(job: Command, surroundings: Surroundings): void {
  job
    .command('scale')
    .usage('[options] <jobs...> <count>')
    .description('set the number of instances')
    .argument('<jobs...>', 'their ids or names, and last the new desired total of each')
    .option('--force', 'also fewer of a job of a root, which is told')
    .option('--dry-run', 'tell what would stop and start, and where; write nothing')
    .option('--wait', 'return once so many run')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      `${namesHelp}\n\nExamples:\n  oakring job scale hello 5 --wait\n  oakring job scale hello web 2`,
    )
    .action(async (words: readonly string[], options: WaitOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { jobs, count } = jobsAndCount(words, command);
      await forEach(context, jobs, (text) => scaled(context, text, count, options));
    });
}

/** A command has one argument of many, and that is its last: the count is told apart here. */
function jobsAndCount(
  words: readonly string[],
  command: Command,
): { readonly jobs: readonly string[]; readonly count: number } {
  const jobs = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  if (jobs.length === 0) command.error("error: missing required argument 'count'");
  try {
    return { jobs, count: wholeNumber(last) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    command.error(`error: the count '${last}' is invalid. ${error.message}`);
  }
}

async function scaled(
  context: Context,
  text: string,
  count: number,
  { dryRun, force = false, wait, timeout }: WaitOptions,
): Promise<Done<unknown>> {
  const { client } = context;
  if (dryRun === true) {
    const ask = (known: string) => client.outlookOfScale(known, count, force);
    const { answer, render } = foreseen(context, await onJob(client, text, 'order', ask));
    return { answer, render: () => render(answer) };
  }
  const order = (known: string) => client.scaleJob(known, count, force);
  const { id, answer } = await onJob(client, text, 'order', order);
  if (wait !== true) {
    const told = `Job ${printable(answer.id)} is to have ${answer.desired} instances`;
    return { answer, render: () => `${told} (position ${answer.position}).` };
  }
  const settled = await untilRunning(context, id, timeout);
  return { answer: settled, render: () => renderJob(printable(settled), lookOf(context)) };
}

function addMove(job: Command, surroundings: Surroundings): void {
  job
    .command('move')
    .description('move an instance: the new place runs before the old one stops')
    .argument('<job>', 'its id or name')
    .argument('<instance>', 'its number', wholeNumber)
    .option('--cancel', 'call a move off: the original stays')
    .option('--to <node>', 'the node that takes it (default: the scheduler chooses)')
    .option('--wait', 'return once it runs there')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      '\nExamples:\n  oakring job move hello 0\n  oakring job move hello 0 --to edge-lisbon --wait',
    )
    .action(async (job: string, instance: number, options: MoveOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      if (options.cancel === true) {
        const { id, answer: kept } = await onJob(client, job, 'order', (known) =>
          client.cancelMove(known, instance),
        );
        const told = `Instance ${instance} of job ${printable(id)} stays where it is`;
        return show(context, kept, () => `${told} (position ${kept.position}).`);
      }
      const { id, answer } = await moved(client, { job, instance, to: options.to ?? null });
      if (options.wait !== true) {
        const told = `Instance ${instance} of job ${answer.id} moves to ${answer.nodeId ?? '?'}`;
        return show(context, answer, () => printable(`${told} (position ${answer.position}).`));
      }
      const ordered = { id, instance, generation: answer.generation ?? 0 };
      show(context, await untilMoved(context, ordered, options.timeout), (settled) =>
        renderJob(settled, lookOf(context)),
      );
    });
}

/** Job and node may both be named otherwise than by their ids. */
function moved(
  client: Context['client'],
  {
    job,
    instance,
    to,
  }: { readonly job: string; readonly instance: number; readonly to: string | null },
) {
  return onJob(client, job, 'order', async (id) => {
    if (to === null) return client.moveInstance(id, instance, null);
    const ordered = await onNode(client, to, 'order', (node) =>
      client.moveInstance(id, instance, node),
    );
    return ordered.answer;
  });
}
