import type { Static, TSchema } from 'typebox';
// Of typebox/compile it is what a start needs: that one loads half as much again.
import { Compile } from 'typebox/schema';
import { accessEvents } from './access-events.js';
import { closed, open } from './closed.js';
import { clusterEvents } from './cluster-events.js';
import { evidenceEvents } from './evidence-events.js';
import { jobEvents } from './job-events.js';
import { nodeEvents } from './node-events.js';
import { secretEvents } from './secret-events.js';
import type { StreamOf } from './streams.js';

const allEvents = {
  ...clusterEvents,
  ...accessEvents,
  ...secretEvents,
  ...evidenceEvents,
  ...nodeEvents,
  ...jobEvents,
};

/** Every type of event with its JSON Schema; the types of TypeScript are derived from them. */
export const eventSchemas = closed(allEvents);

export type EventType = keyof typeof eventSchemas;
type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
export type EventData<T extends EventType> = DeepReadonly<Static<(typeof eventSchemas)[T]>>;

/** A fact that a decider states, before it has a version and a position. */
export type DomainEvent = {
  [T in EventType]: { readonly stream: StreamOf<T>; readonly type: T; readonly data: EventData<T> };
}[EventType];

/** Version of each type's schema that is written today. An older one passes an upcaster first. */
export const schemaVersion = 6;

/** Up to here an event may have members that no schema names: those were closed later. */
const lastOpen = 5;

type Validator = ReturnType<typeof Compile>;
const validators = new Map<EventType, Validator>();
const openValidators = new Map<EventType, Validator>();

function validatorOf(type: EventType, isOpen: boolean): Validator {
  const compiled = isOpen ? openValidators : validators;
  const known = compiled.get(type);
  if (known !== undefined) return known;
  const made = Compile((isOpen ? open(allEvents[type]) : eventSchemas[type]) as TSchema);
  compiled.set(type, made);
  return made;
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type);
}

/**
 * What is wrong with an event, in one sentence; null when it passes its schema. `writtenIn`: the version that
 * it was written in; its data are today's.
 */
export function eventProblem(
  type: string,
  data: unknown,
  writtenIn: number = schemaVersion,
): string | null {
  if (!isEventType(type)) return `${type} is not a type of event`;
  const validator = validatorOf(type, writtenIn <= lastOpen);
  if (validator.Check(data)) return null;
  const [, [first]] = validator.Errors(data);
  return `${type}${first?.instancePath ?? ''} ${wordsOf(first)}`;
}

function wordsOf(error: ReturnType<Validator['Errors']>[1][number] | undefined): string {
  if (error === undefined) return 'does not pass its schema';
  if (error.keyword !== 'additionalProperties') return error.message;
  return `has members that its schema does not name: ${error.params.additionalProperties.join(', ')}`;
}
