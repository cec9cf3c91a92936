import type { Command } from 'commander';
import type { Decision } from '../client/documents.js';
import { renderDecision } from '../render/decision.js';
import { contextOf, lookOf, type Surroundings } from './context.js';
import { forEach } from './several.js';

export function addDecisionCommands(program: Command, surroundings: Surroundings): void {
  program
    .command('decision')
    .description('ask why something was placed where it is, or not placed')
    .command('show <ids...>')
    .description('show decisions; job show names the ids')
    .addHelpText('after', '\nExample:\n  oakring decision show 12-0')
    .action(async (ids: readonly string[], _options, command: Command) => {
      const context = contextOf(surroundings, command);
      await forEach<Decision>(context, ids, async (id) => ({
        answer: await context.client.decision(id),
        render: (answer) => renderDecision(answer, lookOf(context)),
      }));
    });
}
