import type { Command } from 'commander';
import { followEvents } from '../client/follow-events.js';
import { createNarrator } from '../render/narration.js';
import { contextOf, type Context, type Surroundings } from './context.js';

interface EventsOptions {
  readonly from: string;
  readonly follow?: boolean;
  readonly stream?: string;
  readonly type?: string;
}

export function addEventsCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('events')
    .description('tell what happened, from the event log')
    .option('--from <moment>', 'from a position, a time, a time ago such as -15m, or "now"', '1')
    .option('--follow', 'go on as things happen, over restarts of the manager')
    .option('--stream <name>', 'only this stream: nodes/<id>, jobs/<id> or cluster')
    .option('--type <names>', 'only these types (as --json names them), separated by commas')
    .addHelpText(
      'after',
      `
Examples:
  oakring events --follow
  oakring events --follow --from now
  oakring events --from -15m
  oakring events --stream jobs/hello
  oakring events --json | jq 'select(.type == "PlacementRefused")'`,
    )
    .action(async (options: EventsOptions, command: Command) => {
      await tellEvents(contextOf(surroundings, command), options);
    });
}

/** The first position to be told. A moment is that of the last commit until then. */
async function firstPosition({ client }: Context, moment: string): Promise<number> {
  if (/^\d{1,15}$/.test(moment)) return Number(moment);
  if (moment === 'now') return (await client.head()).position + 1;
  return (await client.cluster(moment)).position + 1;
}

async function tellEvents(context: Context, options: EventsOptions): Promise<void> {
  const { client, terminal, ports, json } = context;
  const from = await firstPosition(context, options.from);
  const { follow = false, stream, type } = options;
  const query = {
    from,
    follow,
    ...(stream === undefined ? {} : { stream }),
    ...(type === undefined ? {} : { type }),
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
