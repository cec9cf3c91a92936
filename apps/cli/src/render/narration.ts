import type { EventLine } from '../client/documents.js';
import { traceIdOf } from '@oakring/contracts';
import type { EventData } from '@oakring/events';
import { orderText, printable, sentenceOf, type Telling } from '@oakring/narration';
import type { Colors } from '../terminal.js';
import { renderLastLines } from './last-lines.js';
import { subjectColumn } from './subject.js';

/** Commands whose order is remembered, so that their outcome can be told in words. */
const maxRememberedOrders = 10_000;

/**
 * One line for a person about one event: where it stands, when, about whom, what; below it what an instance
 * that failed printed last.
 */
export type Narrator = (event: EventLine) => string;

/** Tells events in their order; what was ordered before explains what is answered later. */
export function createNarrator(colors: Colors): Narrator {
  const tell = createTeller(colors);
  return (event) => {
    const address = `${event.position}/${event.index}`.padStart(8);
    const before = colors.dim(`${address}  ${printable(event.at)}`);
    const after = colors.dim(`(${originOf(event)})`);
    const told = `${before}  ${subjectColumn(event, colors)}  ${tell(event)}  ${after}`;
    return [told, ...renderLastLines(event, colors)].join('\n');
  };
}

/** On whose word, and on account of what. */
export function originOf({
  by,
  cause,
  trace = null,
}: Pick<EventLine, 'by' | 'cause'> & Partial<Pick<EventLine, 'trace'>>): string {
  if (by === null) return 'recorded before it was said who and why';
  // A manager of another release says nothing of traces.
  const traced = trace === null ? '' : `, trace ${traceIdOf(trace)}`;
  return printable(`by ${by}, after ${cause}${traced}`);
}

/** Only the sentence of an event, without its address, time and subject. */
export function createTeller(colors: Colors): Narrator {
  const orders = new Map<string, string>();
  const telling: Telling = { colors, order: (id) => orders.get(id) ?? `command ${id}` };
  return (line) => {
    const event = printable(line);
    if (isOrder(event)) remember(orders, event.data);
    return sentenceOf(event, telling) ?? `${event.type} ${JSON.stringify(event.data)}`;
  };
}

type Order = EventData<'CommandIssued'>;

function isOrder(event: EventLine): event is EventLine & { readonly data: Order } {
  return event.type === 'CommandIssued' || event.type === 'CommandReopened';
}

function remember(orders: Map<string, string>, order: Order): void {
  const [oldest] = orders.keys();
  if (orders.size >= maxRememberedOrders && oldest !== undefined) orders.delete(oldest);
  orders.set(order.commandId, orderText(order));
}
