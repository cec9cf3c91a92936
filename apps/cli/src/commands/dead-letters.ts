import type { Command } from 'commander';
import { renderDeadLetters } from '../render/dead-letters.js';
import { contextOf, lookOf, show, type Surroundings } from './context.js';
import { wholeNumber } from './options.js';

const defaultLetters = 100;

export function addDeadLettersCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('dead-letters')
    .description('list the messages that were refused, newest first')
    .option('--limit <n>', 'at most so many', wholeNumber, defaultLetters)
    .addHelpText(
      'after',
      "\nExamples:\n  oakring dead-letters\n  oakring dead-letters --json | jq '.items[0].payload'",
    )
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.deadLetters(limit), ({ items }) =>
        renderDeadLetters(items, lookOf(context)),
      );
    });
}
