import type { Command } from 'commander';
import { renderDecision } from '../render/decision.js';
import { contextOf, show, type Surroundings } from './context.js';

export function addDecisionCommands(program: Command, surroundings: Surroundings): void {
  program
    .command('decision')
    .description('ask why something was placed where it is, or not placed')
    .command('show <id>')
    .description('show one decision; job show names the ids')
    .addHelpText('after', '\nExample:\n  oakring decision show 12-0')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.decision(id), (answer) =>
        renderDecision(answer, context.terminal.colors),
      );
    });
}
