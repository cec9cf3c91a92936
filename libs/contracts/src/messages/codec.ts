import { LeftOut } from './left-out.js';
import { refused, shownIn, type JsonObject, type Parsed } from '../parsing/parsing.js';

/**
 * A message of a wire, both ways: the one place that knows what is in it. `T` is what is read, `S` what
 * is said, where that may be less: what is not said is read as null, or as the default.
 *
 * read(write(said)) is what was said; anything else is refused with a code, never thrown.
 */
export interface Codec<T, S = T> {
  /** Names of all that may be in it. */
  readonly members: readonly string[];
  read(body: JsonObject): Parsed<T>;
  write(said: S): JsonObject;
}

/** All members of a message that is read by hand: one that is forgotten does not compile. */
export function allOf<T>(members: Readonly<Record<keyof T & string, true>>): readonly string[] {
  return Object.keys(members);
}

/** One member of a message, as it is read; `undefined` leaves it away. It is written as it is. */
type Member<T> = (value: unknown, name: string, leftOut: LeftOut) => Parsed<T | undefined>;

/** A message's members, all of them: a type with one more does not compile without it. */
export type Members<T> = { readonly [K in keyof T]-?: Member<Exclude<T[K], undefined>> };

type Parse<T> = (value: unknown, name: string) => Parsed<T>;

/** It must be there, and usable: else the message is refused. */
export function must<T>(parse: Parse<T>): Member<T> {
  return parse;
}

/** Absent and null both mean "not said"; what is there must be usable. */
export function may<T, D = null>(parse: Parse<T>, otherwise: D): Member<T | D> {
  return (value, name) => optional(value, otherwise, (present) => parse(present, name));
}

/** As `may`; but one that is not usable costs only itself, and is named as left out. */
export function ifUsable<T, D = null>(parse: Parse<T>, otherwise: D): Member<T | D> {
  return (value, name, leftOut) => {
    const parsed = optional(value, otherwise, (present) => parse(present, name));
    return { ok: true, value: leftOut.or(parsed, otherwise) };
  };
}

/** For what helps when it is there: one that is not usable is as absent, without a word. */
export function ifAny<T, D = undefined>(parse: Parse<T>, otherwise?: D): Member<T | D> {
  return (value, name) => {
    const parsed = parse(value, name);
    return parsed.ok ? parsed : { ok: true, value: otherwise as D };
  };
}

/** True or not said. */
export const flag: Member<boolean> = (value) => ({ ok: true, value: value === true });

/** A codec whose messages are its members, one by one. */
export function messageOf<T extends object, S = T>(members: Members<T>): Codec<T, S> {
  const names = Object.keys(members);
  return {
    members: names,
    read: (body) => {
      const leftOut = new LeftOut();
      const read = readMembers(members, body, leftOut);
      return read.ok ? leftOut.beside(read.value) : read;
    },
    // What is said has its members by name, and nothing else.
    write: (said) => said as JsonObject,
  };
}

/** The members in their order; the first that may not be so is what the message is refused for. */
export function readMembers<T extends object>(
  members: Members<T>,
  body: JsonObject,
  leftOut: LeftOut,
  path = '',
): Parsed<T> {
  const read: [name: string, value: unknown][] = [];
  for (const name in members) {
    const parsed = members[name](body[name], `${path}${name}`, leftOut);
    if (!parsed.ok) return parsed;
    if (parsed.value !== undefined) read.push([name, parsed.value]);
  }
  // Every member of `T` was read above, or refused.
  return { ok: true, value: Object.fromEntries(read) as T };
}

/** Absent and null both mean "not stated". */
export function optional<T, D>(
  value: unknown,
  fallback: D,
  parse: (value: unknown) => Parsed<T>,
): Parsed<T | D> {
  return value === undefined || value === null ? { ok: true, value: fallback } : parse(value);
}

/** One of a few words. */
export function wordOf<const W extends string>(known: readonly W[]): Parse<W> {
  return (value, name) => {
    const word = known.find((each) => each === value);
    if (word !== undefined) return { ok: true, value: word };
    const detail = `${name} is ${shownIn(value)}; it can be ${known.join(', ')}.`;
    return refused('invalid-field', detail, name, value ?? null);
  };
}
