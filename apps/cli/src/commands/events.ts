import type { Command } from 'commander';
import { followEvents } from '../client/follow-events.js';
import { createNarrator } from '../render/narration.js';
import { tellWhy } from './events-why.js';
import { contextOf, type Context, type Surroundings } from './context.js';
import { firstPositionFrom, momentHelp } from './moments.js';

interface EventsOptions {
  readonly from: string;
  readonly since?: string;
  readonly follow?: boolean;
  readonly stream?: string;
  readonly type?: string;
  readonly by?: string;
  readonly why?: string;
}

export function addEventsCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('events')
    .description('tell what happened, from the event log')
    .option('--from <moment>', momentHelp, '1')
    .option('--since <moment>', 'the same as --from')
    .option('--follow', 'go on as things happen, over restarts of the manager')
    .option('--stream <name>', 'only this stream: nodes/<id>, jobs/<id> or cluster')
    .option('--type <names>', 'only these types (as --json names them), separated by commas')
    .option(
      '--by <who>',
      'only by the word of: nodes/<id>, manager/<process>, api/token; "nodes/" is all of them',
    )
    .option('--why <address>', 'what led to an event, back to the request that began it')
    .addHelpText(
      'after',
      `
Examples:
  oakring events --follow
  oakring events --follow --from now
  oakring events --since 15m
  oakring events --stream jobs/hello
  oakring events --by api/
  oakring events --why 12/0
  oakring events --json | jq 'select(.type == "PlacementRefused")'`,
    )
    .action(async (options: EventsOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      if (options.why === undefined) await tellEvents(context, options);
      else await tellWhy(context, options.why);
    });
}

async function tellEvents(context: Context, options: EventsOptions): Promise<void> {
  const { client, terminal, ports, json } = context;
  const from = await firstPositionFrom(options.since ?? options.from, client, ports.clock);
  const { follow = false, stream, type, by } = options;
  const query = {
    from,
    follow,
    ...(stream === undefined ? {} : { stream }),
    ...(type === undefined ? {} : { type }),
    ...(by === undefined ? {} : { by }),
  };
  const narrate = createNarrator(terminal.colors);
  const following = {
    ports,
    signal: terminal.closed,
    onAway: (reason: string) => terminal.error(`Waiting for the manager: ${reason}`),
  };
  for await (const { event, line } of followEvents(client, query, following)) {
    terminal.out(json ? line : narrate(event));
    await terminal.drained();
  }
}
