import type { Command } from 'commander';
import { renderJob } from '../render/jobs.js';
import { contextOf, show, type Surroundings } from './context.js';
import { seconds, wholeNumber } from './options.js';
import { defaultPatienceSeconds, untilGone, untilMoved, untilRunning } from './wait.js';

interface WaitOptions {
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
    .command('rm <id>')
    .description('stop every instance of a job and forget it')
    .option('--force', 'also a job of a root, which is told')
    .option('--wait', 'return once its last instance has ended')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText('after', '\nExample:\n  oakring job rm hello --wait')
    .action(async (id: string, { force, wait, timeout }: WaitOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const answer = await context.client.deleteJob(id, force === true);
      if (wait === true) await untilGone(context, id, timeout);
      const state = wait === true ? 'is gone' : 'is being deleted';
      show(context, answer, () => `Job ${answer.id} ${state} (position ${answer.position}).`);
    });
}

function addScale(job: Command, surroundings: Surroundings): void {
  job
    .command('scale')
    .description('set the number of instances')
    .argument('<id>', 'of the job')
    .argument('<count>', 'the new desired total', wholeNumber)
    .option('--force', 'also fewer of a job of a root, which is told')
    .option('--wait', 'return once so many run')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText('after', '\nExample:\n  oakring job scale hello 5 --wait')
    .action(async (id: string, count: number, options: WaitOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const answer = await context.client.scaleJob(id, count, options.force === true);
      if (options.wait !== true) {
        const told = `Job ${answer.id} is to have ${answer.desired} instances`;
        return show(context, answer, () => `${told} (position ${answer.position}).`);
      }
      show(context, await untilRunning(context, id, options.timeout), (settled) =>
        renderJob(settled, context.terminal.colors),
      );
    });
}

function addMove(job: Command, surroundings: Surroundings): void {
  job
    .command('move')
    .description('move an instance: the new place runs before the old one stops')
    .argument('<id>', 'of the job')
    .argument('<instance>', 'its number', wholeNumber)
    .option('--cancel', 'call a move off: the original stays')
    .option('--to <node>', 'the node that takes it (default: the scheduler chooses)')
    .option('--wait', 'return once it runs there')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      '\nExamples:\n  oakring job move hello 0\n  oakring job move hello 0 --to edge-lisbon --wait',
    )
    .action(
      async (
        id: string,
        instance: number,
        options: WaitOptions & { readonly to?: string; readonly cancel?: boolean },
        command: Command,
      ) => {
        const context = contextOf(surroundings, command);
        if (options.cancel === true) {
          const kept = await context.client.cancelMove(id, instance);
          const told = `Instance ${instance} of job ${id} stays where it is`;
          return show(context, kept, () => `${told} (position ${kept.position}).`);
        }
        const answer = await context.client.moveInstance(id, instance, options.to ?? null);
        if (options.wait !== true) {
          const told = `Instance ${instance} of job ${answer.id} moves to ${answer.nodeId ?? '?'}`;
          return show(context, answer, () => `${told} (position ${answer.position}).`);
        }
        const ordered = { id, instance, generation: answer.generation ?? 0 };
        show(context, await untilMoved(context, ordered, options.timeout), (settled) =>
          renderJob(settled, context.terminal.colors),
        );
      },
    );
}
