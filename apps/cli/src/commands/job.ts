import type { Command } from 'commander';
import type { JobAnswer, JobOrderAnswer, JobSummary } from '@oakring/contracts';
import { renderJob, renderJobs } from '../render/answers.js';
import { renderDryRun, type DryRun } from '../render/dry-run.js';
import { show, type Context, type ContextOf } from './context.js';
import { jobBody, wholeNumber, type RunOptions } from './job-body.js';
import { untilGone, untilSettled } from './wait.js';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function addJobCommands(program: Command, contextOf: ContextOf): void {
  const job = program.command('job').description('run, look at, scale, move and remove jobs');
  addRun(job, contextOf);
  addQueries(job, contextOf);
  addOrders(job, contextOf);
}

function addRun(job: Command, contextOf: ContextOf): void {
  job
    .command('run [image] [cmd...]')
    .description('submit a job; what follows -- is the command that its instances run')
    .option('-f, --file <path>', 'job document (JSON) instead of the options below')
    .option('--id <id>', 'id of the job (default: one is chosen)')
    .option('--name <name>', 'name (default: from the id or image)')
    .option('--technology <name>', 'docker, unikernel, process or simulated', 'docker')
    .option('--count <n>', 'number of instances')
    .option('--cpu <millis>', 'CPU that each instance reserves, thousandths of a core')
    .option('--memory <MiB>', 'memory that each instance reserves')
    .option('--label <key=value>', 'label that a node must carry (repeatable)', collect)
    .option('--env <KEY=value>', 'environment of the instances (repeatable)', collect)
    .option('--node <id>', 'the one node it may run on')
    .option('--dry-run', 'tell where it would go and why; write nothing')
    .option('--wait', 'return once its instances run, or are refused')
    .addHelpText(
      'after',
      `
Examples:
  oakring job run demo/hello --technology simulated --count 3
  oakring job run /bin/sleep --technology process --wait -- /bin/sleep 60
  oakring job run nginx:1.27 --cpu 500 --memory 256 --label zone=north --dry-run
  oakring job run -f job.json`,
    )
    .action(
      async (
        image: string | undefined,
        cmd: string[],
        options: RunOptions & { dryRun?: boolean; wait?: boolean },
        command: Command,
      ) => {
        const context = contextOf(command);
        const body = await jobBody(image, cmd, options);
        if (options.dryRun === true) {
          const answer = await context.client.post<DryRun>('/api/v1/jobs?dryRun=true', body);
          return show(context, answer, () => renderDryRun(answer));
        }
        const submitted = await context.client.post<JobAnswer>('/api/v1/jobs', body);
        const answer =
          options.wait === true ? await untilSettled(context, submitted.id) : submitted;
        show(context, answer, () =>
          options.wait === true
            ? renderJob(answer, context.terminal.colors)
            : `Submitted ${answer.id} at position ${answer.position}. Look: oakring job show ${answer.id}`,
        );
      },
    );
}

function addQueries(job: Command, contextOf: ContextOf): void {
  job
    .command('ls')
    .description('list the jobs')
    .addHelpText('after', '\nExample:\n  oakring job ls')
    .action(async (_options, command: Command) => {
      const context = contextOf(command);
      const list = await context.client.list<JobSummary>('/api/v1/jobs');
      show(context, list, () => renderJobs(list.items, context.terminal.colors));
    });
  job
    .command('show <id>')
    .description('show a job and its instances: where each is, and why')
    .addHelpText('after', '\nExample:\n  oakring job show hello')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get<JobAnswer>(pathOf(id));
      show(context, answer, () => renderJob(answer, context.terminal.colors));
    });
}

function addOrders(job: Command, contextOf: ContextOf): void {
  job
    .command('rm <id>')
    .description('stop every instance of a job and forget it')
    .option('--wait', 'return once its last instance has ended')
    .addHelpText('after', '\nExample:\n  oakring job rm hello --wait')
    .action(async (id: string, options: { wait?: boolean }, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.delete<JobOrderAnswer>(pathOf(id));
      if (options.wait === true) await untilGone(context, id);
      const done = options.wait === true ? 'is gone' : 'is being deleted';
      show(context, answer, () => `Job ${id} ${done} (position ${answer.position}).`);
    });
  job
    .command('scale <id> <count>')
    .description('set the number of instances')
    .option('--wait', 'return once they run, or are refused')
    .addHelpText('after', '\nExample:\n  oakring job scale hello 5 --wait')
    .action(async (id: string, count: string, options: { wait?: boolean }, command: Command) => {
      const context = contextOf(command);
      const body = { count: wholeNumber('count', count) };
      const answer = await context.client.post<JobOrderAnswer>(`${pathOf(id)}/replicate`, body);
      await answerOrder(
        context,
        id,
        options.wait === true,
        answer,
        `Job ${id} is to have ${count}`,
      );
    });
  job
    .command('move <id> <instance>')
    .description('move an instance: the new place runs before the old one stops')
    .option('--to <node>', 'the node that takes it (default: the scheduler chooses)')
    .option('--wait', 'return once it runs there')
    .addHelpText('after', '\nExample:\n  oakring job move hello 0 --to edge-lisbon')
    .action(
      async (
        id: string,
        instance: string,
        options: { to?: string; wait?: boolean },
        command: Command,
      ) => {
        const context = contextOf(command);
        const number = wholeNumber('instance', instance);
        const answer = await context.client.post<JobOrderAnswer>(
          `${pathOf(id)}/instances/${number}/move`,
          options.to === undefined ? {} : { worker: options.to },
        );
        const told = `Instance ${number} of job ${id} moves to ${answer.nodeId ?? '?'}`;
        await answerOrder(context, id, options.wait === true, answer, told);
      },
    );
}

async function answerOrder(
  context: Context,
  id: string,
  wait: boolean,
  answer: JobOrderAnswer,
  told: string,
): Promise<void> {
  if (!wait) return show(context, answer, () => `${told} (position ${answer.position}).`);
  const settled = await untilSettled(context, id);
  show(context, settled, () => renderJob(settled, context.terminal.colors));
}

function pathOf(id: string): string {
  return `/api/v1/jobs/${encodeURIComponent(id)}`;
}
