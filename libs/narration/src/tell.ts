import type { EventData, EventType } from '@oakring/events';
import { printable } from './printable.js';
import { sentences, type Sentence, type Telling } from './sentences/sentences.js';

/** An event as it was stored, or as it came over the wire. */
export interface Told {
  readonly type: string;
  readonly data: unknown;
}

/**
 * What an event says, in one line for a person, fit for a terminal. Null: there is no sentence for it, or a manager of
 * another release has written it otherwise.
 */
export function sentenceOf({ type, data }: Told, telling: Telling): string | null {
  if (!Object.hasOwn(sentences, type)) return null;
  // The line above says so; who wrote the data did so by the same catalogue.
  const sentence = sentences[type as EventType] as Sentence<unknown>;
  try {
    return sentence(printable(data), telling);
  } catch {
    return null;
  }
}

/** What a command orders, as its outcome is told. */
export function orderText({
  kind,
  instance,
  nodeId,
}: Pick<EventData<'CommandIssued'>, 'kind' | 'instance' | 'nodeId'>): string {
  return `${kind} of #${instance} on ${nodeId}`;
}
