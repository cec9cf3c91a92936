import type { Command } from 'commander';
import { ManagerError } from '../client/manager-error.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderDryRun, renderJob } from '../render/jobs.js';
import { contextOf, lookOf, show, warn, type Context, type Surroundings } from './context.js';
import { jobDocuments, type JobOptions } from './job-document.js';
import { askedOf, located, type WrittenJob } from './job-file.js';
import {
  atPositionOption,
  ifRevisionOption,
  plannedBy,
  plannedTarget,
  type PlannedOptions,
} from './job-plan.js';
import { settled } from './job-update.js';
import { assignment, cpu, limitSeconds, memory, pair, seconds, wholeNumber } from './options.js';
import { onNode } from './selection.js';
import { defaultPatienceSeconds, untilRunning } from './wait.js';

interface RunOptions extends JobOptions, PlannedOptions {
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
}

const examples = `
Examples:
  oakring job run demo/hello --technology simulated --count 3
  oakring job run --technology process --wait -- /bin/sleep 60
  oakring job run nginx:1.27 --cpu 500m --memory 256Mi --node-label zone=north --dry-run
  oakring job run -f job.yaml
  oakring job run -f - --strict < job.yaml`;

export function addJobRun(job: Command, surroundings: Surroundings): void {
  job
    .command('run')
    .description('submit a job; what follows -- is the command that its instances run')
    .usage('[image] [options] [-- command...]')
    .argument('[image]', 'image; a process needs none, only its command')
    .option(
      '-f, --file <path>',
      'job documents (YAML, JSON), "-" for standard input; options go over them',
    )
    .option('--id <id>', 'id of the job (default: one is chosen)')
    .option('--name <name>', 'name (default: from the id or image)')
    .option('--technology <name>', 'docker, unikernel, process or simulated (default: docker)')
    .option('--count <n>', 'number of instances (default: 1)', wholeNumber)
    .option('--cpu <cores>', 'CPU that each reserves: 500m, 0.5, or thousandths of a core', cpu)
    .option('--memory <size>', 'memory that each reserves: 256Mi, 1Gi, or MiB', memory)
    .option('--label <key=value>', 'label of the job (repeatable)', pair)
    .option('--node-label <key=value>', 'label that a node must carry (repeatable)', pair)
    .option('--env <NAME=value>', 'environment of the instances (repeatable)', assignment)
    .option('--node <id>', 'the one node that they may run on')
    .option('--one-shot', 'exit code 0 completes an instance; otherwise every end is a failure')
    .option('--lost-after <seconds>', 'count on a silent node for this long (default: 30)', seconds)
    .option(
      '--never-twice <seconds>',
      'never run it twice: its worker kills it when cut off for this long (10 or more)',
      limitSeconds,
    )
    .option('--dry-run', 'tell where it would go and why; write nothing; 1 if not all of it fits')
    .option('--strict', 'refuse a document of which something would not be used')
    .option(...atPositionOption)
    .option(...ifRevisionOption)
    .option('--wait', 'return once its instances run')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText('after', examples)
    .action(async (image: string | undefined, options: RunOptions, command: Command) => {
      await runJob(surroundings, image, options, command);
    });
}

async function runJob(
  surroundings: Surroundings,
  image: string | undefined,
  options: RunOptions,
  command: Command,
): Promise<void> {
  const context = contextOf(surroundings, command);
  const jobs = await jobDocuments({
    image,
    cmd: surroundings.afterDashes,
    options: await withNode(context, options),
    input: () => context.terminal.input(),
  });
  for (const job of jobs) {
    await (options.dryRun === true ? planJob : submitJob)(context, job, options);
  }
}

/** The node may be named as others are; one that nobody knows yet may come. */
async function withNode({ client }: Context, options: RunOptions): Promise<RunOptions> {
  const { node } = options;
  if (node === undefined) return options;
  try {
    return { ...options, node: (await onNode(client, node, 'order', (id) => client.node(id))).id };
  } catch (error) {
    if (error instanceof ManagerError && error.problem !== null) return options;
    throw error;
  }
}

async function planJob(context: Context, job: WrittenJob, { strict }: RunOptions): Promise<void> {
  const { client } = context;
  const plan = await askedOf(job, client.planJob(job.document, strict));
  warn(context, { warnings: await located(job, plan.warnings ?? []) });
  show(context, plan, (planned) => renderDryRun(planned, lookOf(context)));
  if (plan.refusal === null) return;
  throw new CommandFailure('Not all of it would be placed now.', exitCodes.refused);
}

async function submitJob(context: Context, job: WrittenJob, options: RunOptions): Promise<void> {
  const { client } = context;
  const target = await plannedTarget(context, job.document, options);
  if (target !== null) return updatePlanned(context, target, { job, options });
  const submitted = await askedOf(job, client.submitJob(job.document, options.strict));
  warn(context, { warnings: await located(job, submitted.warnings ?? []) });
  if (options.wait !== true) {
    const { id, position, desired } = submitted;
    const told = `Job ${id} is submitted (position ${position}): ${desired} to run.`;
    return show(context, submitted, () => `${told} Look at it: oakring job show ${id}`);
  }
  show(context, await untilRunning(context, submitted.id, options.timeout), (answer) =>
    renderJob(answer, lookOf(context)),
  );
}

/** What a plan said of a job that is there: the file replaces its document. */
async function updatePlanned(
  context: Context,
  id: string,
  { job, options }: { readonly job: WrittenJob; readonly options: RunOptions },
): Promise<void> {
  const { document } = job;
  const planned = plannedBy(options);
  const order = context.client.updateJob(id, document, options.strict, planned);
  const { answer, render } = await settled(context, await askedOf(job, order), options);
  show(context, answer, render);
}
