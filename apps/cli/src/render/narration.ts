import type { EventLine } from '../client/documents.js';
import { traceIdOf } from '@oakring/contracts';
import type { EventData, EventType } from '@oakring/events';
import type { Colors } from '../terminal.js';
import { printable } from './printable.js';
import { subjectColumn } from './subject.js';
import { sentences, type Sentence, type Telling } from './sentences/sentences.js';

/** Commands whose order is remembered, so that their outcome can be told in words. */
const maxRememberedOrders = 10_000;

/** One line for a person about one event: where it stands, when, about whom, what. */
export type Narrator = (event: EventLine) => string;

/** Tells events in their order; what was ordered before explains what is answered later. */
export function createNarrator(colors: Colors): Narrator {
  const tell = createTeller(colors);
  return (event) => {
    const address = `${event.position}/${event.index}`.padStart(8);
    const before = colors.dim(`${address}  ${printable(event.at)}`);
    const after = colors.dim(`(${originOf(event)})`);
    return `${before}  ${subjectColumn(event, colors)}  ${tell(event)}  ${after}`;
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
    return sentenceOf(event, telling);
  };
}

type Order = EventData<'CommandIssued'>;

function isOrder(event: EventLine): event is EventLine & { readonly data: Order } {
  return event.type === 'CommandIssued' || event.type === 'CommandReopened';
}

function remember(orders: Map<string, string>, { commandId, kind, instance, nodeId }: Order): void {
  const [oldest] = orders.keys();
  if (orders.size >= maxRememberedOrders && oldest !== undefined) orders.delete(oldest);
  orders.set(commandId, `${kind} of #${instance} on ${nodeId}`);
}

function sentenceOf(event: EventLine, telling: Telling): string {
  if (Object.hasOwn(sentences, event.type)) {
    // The line above says so; the manager wrote the data by the same catalogue.
    const sentence = sentences[event.type as EventType] as Sentence<unknown>;
    try {
      return sentence(event.data, telling);
    } catch {
      // A manager of another release may have written it otherwise: it is shown as it came.
    }
  }
  return `${event.type} ${JSON.stringify(event.data)}`;
}
