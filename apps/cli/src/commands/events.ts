import { printable } from '@oakring/narration';
import type { Command } from 'commander';
import { followEvents, type ReadEvent } from '../client/follow-events.js';
import type { EventQuery } from '../client/manager-client.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { createNarrator } from '../render/narration.js';
import { tellWhy } from './events-why.js';
import { contextOf, type Context, type Surroundings } from './context.js';
import { wholeNumber } from './options.js';
import { firstPositionFrom, momentHelp } from './moments.js';

interface EventsOptions {
  readonly from: string;
  readonly since?: string;
  readonly tail?: number;
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
    .option('--tail <n>', 'only the last so many, and with --follow what comes then', wholeNumber)
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
  oakring events --tail 20 --stream jobs/hello
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
  const { client, ports } = context;
  const from = await firstPositionFrom(options.since ?? options.from, client, ports.clock);
  const { follow = false, stream, type, by } = options;
  const query = {
    from,
    follow,
    ...(stream === undefined ? {} : { stream }),
    ...(type === undefined ? {} : { type }),
    ...(by === undefined ? {} : { by }),
  };
  if (options.tail === undefined) return await tell(context, query);
  await tellLast(context, { ...query, tail: options.tail });
}

/** Most events that a tail keeps at once. */
const mostTail = 100_000;
/** How many positions are looked through at first; four times as many each time that they are too few. */
const firstWindow = 256;

/** The last so many of what is asked for, found from the end backwards; with `follow`, then what comes. */
async function tellLast(
  context: Context,
  { tail, ...query }: EventQuery & { readonly tail: number },
): Promise<void> {
  if (tail > mostTail) {
    throw new CommandFailure(`--tail is at most ${mostTail}: ask with --from.`, exitCodes.usage);
  }
  const { client, terminal, ports } = context;
  const { position } = await client.head();
  const following = { ports, signal: terminal.closed };
  let last: ReadEvent[] = [];
  for (let window = Math.max(firstWindow, tail); ; window *= 4) {
    const from = Math.max(query.from, position - window + 1);
    last = [];
    for await (const read of followEvents(client, { ...query, from, follow: false }, following)) {
      if (read.event.position > position) break;
      last.push(read);
      if (last.length > tail) last.shift();
    }
    if (last.length === tail || from === query.from) break;
  }
  const print = printer(context);
  for (const read of last) print(read);
  if (query.follow) await tell(context, { ...query, from: position + 1 }, print);
}

type Print = (read: ReadEvent) => void;

function printer({ terminal, json }: Context): Print {
  const narrate = createNarrator(terminal.colors);
  return ({ event, line }) => terminal.out(json ? line : narrate(event));
}

async function tell(context: Context, query: EventQuery, print = printer(context)): Promise<void> {
  const { client, terminal, ports } = context;
  const following = {
    ports,
    signal: terminal.closed,
    onAway: (reason: string) => terminal.error(`Waiting for the manager: ${printable(reason)}`),
  };
  for await (const read of followEvents(client, query, following)) {
    print(read);
    await terminal.drained();
  }
}
