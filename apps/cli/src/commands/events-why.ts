import type { EventLine } from '../client/documents.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { createNarrator, originOf } from '../render/narration.js';
import type { Context } from './context.js';

/** Links of a chain that are followed at most: each names an event before its own. */
const maxLinks = 1_000;

interface Address {
  readonly position: number;
  readonly index: number;
}

/** `12/0`, as events are told, or `12-0`, as orders and decisions are called. */
function parseAddress(text: string): Address | null {
  const [, position, index] = /^([1-9]\d{0,14})[-/](\d{1,6})$/.exec(text) ?? [];
  return position === undefined ? null : { position: Number(position), index: Number(index) };
}

/** Tells an event and what led to it, back to what no event led to: a request, a message, a lease. */
export async function tellWhy({ client, terminal, json }: Context, asked: string): Promise<void> {
  const address = parseAddress(asked);
  if (address === null) {
    throw new CommandFailure(
      `--why takes the address of an event, such as 12/0; ${JSON.stringify(asked)} is none.`,
      exitCodes.usage,
    );
  }
  const chain: EventLine[] = [];
  try {
    for await (const event of chainTo(client, address, terminal.closed)) chain.push(event);
  } finally {
    // Also where a link is missing: what was found before is told.
    for (const line of json ? chain.map((event) => JSON.stringify(event)) : told(chain, terminal)) {
      terminal.out(line);
    }
  }
}

/** Newest first; but an order, which comes later so, explains the answer to it. */
function told(chain: readonly EventLine[], { colors }: Context['terminal']): readonly string[] {
  const narrate = createNarrator(colors);
  const lines = chain.toReversed().map(narrate).toReversed();
  const first = chain.at(-1);
  const hasOrigin = first !== undefined && parseAddress(first.cause ?? '') === null;
  return hasOrigin ? [...lines, colors.dim(`          ${originOf(first)}`)] : lines;
}

async function* chainTo(
  client: Context['client'],
  asked: Address,
  signal: AbortSignal,
): AsyncGenerator<EventLine> {
  let next: Address | null = asked;
  for (let links = 0; links < maxLinks && next !== null; links += 1) {
    const event: EventLine = await eventAt(client, next, signal);
    yield event;
    next = parseAddress(event.cause ?? '');
  }
}

async function eventAt(
  client: Context['client'],
  { position, index }: Address,
  signal: AbortSignal,
): Promise<EventLine> {
  for await (const line of await client.events(
    { from: position, follow: false, limit: index + 1 },
    signal,
  )) {
    // A line of the manager's own catalogue.
    const event = JSON.parse(line) as EventLine;
    if (event.position === position && event.index === index) return event;
  }
  throw new CommandFailure(`There is no event ${position}/${index}.`, exitCodes.refused);
}
