import type { Command } from 'commander';
import { renderKeptJobs, renderRoot } from '../render/root.js';
import { contextOf, show, type Surroundings } from './context.js';

export function addRootCommands(program: Command, surroundings: Surroundings): void {
  const root = program
    .command('root')
    .description('the Oakestra root that the cluster works for')
    .addHelpText('after', '\nExamples:\n  oakring root\n  oakring root forgotten')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.root(), (answer) =>
        renderRoot(answer, context.terminal.colors, surroundings.ports.clock.wallMs()),
      );
    });
  root
    .command('forgotten')
    .description('list its jobs that run on although it does not know them any more')
    .addHelpText(
      'after',
      "\nExamples:\n  oakring root forgotten\n  oakring root forgotten --json | jq -r '.kept[].id'",
    )
    .action(async (_options: object, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.root(), ({ kept }) =>
        renderKeptJobs(kept, context.terminal.colors),
      );
    });
}
