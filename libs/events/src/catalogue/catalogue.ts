import type { Static, TSchema } from 'typebox';
// Of typebox/compile it is what a start needs: that one loads half as much again.
import { Compile } from 'typebox/schema';
import { clusterEvents } from './cluster-events.js';
import { evidenceEvents } from './evidence-events.js';
import { jobEvents } from './job-events.js';
import { nodeEvents } from './node-events.js';
import type { StreamOf } from './streams.js';

/** Every type of event with its JSON Schema; the types of TypeScript are derived from them. */
export const eventSchemas = {
  ...clusterEvents,
  ...evidenceEvents,
  ...nodeEvents,
  ...jobEvents,
};

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

const validators = new Map<string, ReturnType<typeof Compile>>();

function validatorOf(type: EventType): ReturnType<typeof Compile> {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const compiled = Compile(eventSchemas[type] as TSchema);
  validators.set(type, compiled);
  return compiled;
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type);
}

/** What is wrong with an event, in one sentence; null when it passes its schema. */
export function eventProblem(type: string, data: unknown): string | null {
  if (!isEventType(type)) return `${type} is not a type of event`;
  const validator = validatorOf(type);
  if (validator.Check(data)) return null;
  const [, [first]] = validator.Errors(data);
  return `${type}${first?.instancePath ?? ''} ${first?.message ?? 'does not pass its schema'}`;
}
