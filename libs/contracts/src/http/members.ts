import { readMembers, type Members } from '../messages/codec.js';
import { LeftOut } from '../messages/left-out.js';
import { isObject, refused, shownIn, type JsonObject, type Parsed } from '../parsing/parsing.js';
import { nearestOf } from './nearest-field.js';

/** Reads an object of a job document by its members; one that is not among them is refused. */
export function membersOf<T extends object>(
  members: Members<T>,
): (value: unknown, field: string) => Parsed<T> {
  const names = Object.keys(members);
  return (value, field) => {
    if (!isObject(value)) {
      const detail = `${field} is ${shownIn(value)}, not an object {${names.join(', ')}}.`;
      return refused('invalid-field', detail, field, value ?? null);
    }
    const stranger = Object.keys(value).find((name) => !names.includes(name));
    if (stranger !== undefined) return strangerIn(field, stranger, names);
    return readMembers(members, value, new LeftOut(), `${field}.`);
  };
}

function strangerIn(field: string, name: string, known: readonly string[]) {
  const nearest = nearestOf(name, known);
  const meant = nearest === null ? '' : ` Did you mean ${nearest}?`;
  const detail = `${field}.${name} is not known here; there are ${known.join(' and ')}.${meant}`;
  return refused('invalid-field', detail, `${field}.${name}`);
}

/** A list of at most so many, each read by its path. Absent and null: an empty one. */
export function listFrom<T>(
  job: JsonObject,
  field: string,
  most: number,
  read: (value: unknown, field: string) => Parsed<T>,
): Parsed<readonly T[]> {
  const given = job[field] ?? [];
  if (!Array.isArray(given) || given.length > most) {
    const detail = `${field} is ${shownIn(given)}, not a list of at most ${most}.`;
    return refused('invalid-field', detail, field, given);
  }
  const list: T[] = [];
  for (const [at, each] of given.entries()) {
    const one = read(each, `${field}.${at}`);
    if (!one.ok) return one;
    list.push(one.value);
  }
  return { ok: true, value: list };
}
