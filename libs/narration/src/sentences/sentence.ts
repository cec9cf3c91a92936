import type { EventData, EventType } from '@oakring/events';
import type { Paint } from '../paint.js';

export interface Telling {
  readonly colors: Paint;
  /** What a command orders, in words; its id when the order was not seen. */
  order(commandId: string): string;
}

export type Sentence<D> = (data: D, telling: Telling) => string;

/** Every type of event has its sentence; a new type does not compile without one. */
export type Sentences<T extends EventType> = { readonly [K in T]: Sentence<EventData<K>> };
