import type { Command } from 'commander';
import type { DeadLetter, EventLine, JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { linesOf } from '../client/lines.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { narrate } from '../render/narration.js';
import { renderTable } from '../render/table.js';
import { show, type Context, type ContextOf } from './context.js';

const reconnectAfterMs = 1_000;

interface EventsOptions {
  readonly from: string;
  readonly follow?: boolean;
  readonly stream?: string;
  readonly type?: string;
}

export function addEventCommands(program: Command, contextOf: ContextOf): void {
  program
    .command('events')
    .description('tell what happened, from the event log')
    .option('--from <position>', 'first position', '1')
    .option('--follow', 'go on as things happen, over restarts of the manager')
    .option('--stream <name>', 'only this stream: nodes/<id>, jobs/<id> or cluster')
    .option('--type <names>', 'only these types, separated by commas')
    .addHelpText(
      'after',
      `
Examples:
  oakring events --follow
  oakring events --stream jobs/hello
  oakring events --json | jq 'select(.type == "PlacementRefused")'`,
    )
    .action(async (options: EventsOptions, command: Command) => {
      await followEvents(contextOf(command), options);
    });
  program
    .command('decision <id>')
    .description('show a decision: what was placed where, and why, or why not')
    .addHelpText('after', '\nExample:\n  oakring decision 12-0')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get<JsonObject>(
        `/api/v1/decisions/${encodeURIComponent(id)}`,
      );
      show(context, answer, () => JSON.stringify(answer, null, 2));
    });
  program
    .command('dead-letters')
    .description('list messages that were refused, newest first')
    .addHelpText('after', '\nExample:\n  oakring dead-letters')
    .action(async (_options, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get<{ items: DeadLetter[] }>('/api/v1/dead-letters');
      show(context, answer, () => renderDeadLetters(answer.items));
    });
}

function renderDeadLetters(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'No dead letters.';
  return renderTable(
    ['AT', 'TOPIC', 'CODE', 'REASON'],
    letters.map(({ at, topic, code, reason }) => [at, topic, code, reason]),
  );
}

async function followEvents(context: Context, options: EventsOptions): Promise<void> {
  const { timers } = systemPorts();
  let from = Number(options.from);
  // Of the position to go on with, this many events were shown already.
  let shown = -1;
  for (;;) {
    try {
      const query = new URLSearchParams({
        from: String(from),
        ...(options.follow === true ? { follow: 'true' } : {}),
        ...(options.stream === undefined ? {} : { stream: options.stream }),
        ...(options.type === undefined ? {} : { type: options.type }),
      });
      const never = new AbortController();
      const stream = await context.client.stream(`/api/v1/events?${query}`, never.signal);
      for await (const line of linesOf(stream)) {
        // A line of the manager's own catalogue.
        const event = JSON.parse(line) as EventLine;
        if (event.position === from && event.index <= shown) continue;
        from = event.position;
        shown = event.index;
        context.terminal.out(context.json ? line : narrate(event, context.terminal.colors));
      }
      if (options.follow !== true) return;
    } catch (error) {
      const isRefused = error instanceof CommandFailure && error.exitCode === exitCodes.refused;
      if (options.follow !== true || isRefused) throw error;
    }
    await timers.sleep(reconnectAfterMs);
  }
}
