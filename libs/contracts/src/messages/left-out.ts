import type { Refusal } from '../errors/catalogue.js';
import { cutText } from '../parsing/text.js';
import { refused, unlike, type Parsed } from '../parsing/parsing.js';

/** Parts of one message that are named; of more only the number is told. */
const maxNamed = 20;
const maxReasonCharacters = 4_096;

/**
 * What a message is taken without: one bad part must not cost what is good beside it. Each part is
 * refused with its own reason.
 */
export class LeftOut {
  private readonly refusals: Refusal[] = [];
  private count = 0;

  add(refusal: Refusal): void {
    this.count += 1;
    if (this.count <= maxNamed) this.refusals.push(refusal);
  }

  /** A part for what it is not. */
  addUnlike(field: string, value: unknown, expected: string): void {
    this.add(unlike(field, value, expected).refusal);
  }

  /** The value, or what stands in its stead when it is not usable. */
  or<T, D>(parsed: Parsed<T>, instead: D): T | D {
    if (parsed.ok) return parsed.value;
    this.add(parsed.refusal);
    return instead;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  beside<T>(value: T): Extract<Parsed<T>, { ok: true }> {
    if (this.isEmpty) return { ok: true, value };
    const more = this.count - this.refusals.length;
    const tail =
      more === 0 ? [] : [refused('invalid-field', `${more} more parts are not usable.`).refusal];
    return { ok: true, value, leftOut: [...this.refusals, ...tail] };
  }
}

/** A member that is a reason for a person. */
export function reasonIn(value: unknown, name: string, leftOut: LeftOut): Parsed<string | null> {
  return { ok: true, value: reasonOf(value, name, leftOut) };
}

/** A reason for a person: cut where it is too long. Anything but a text or a number is left out. */
export function reasonOf(value: unknown, field: string, leftOut: LeftOut): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' || typeof value === 'number') {
    return cutText(String(value), maxReasonCharacters);
  }
  leftOut.addUnlike(field, value, 'a text');
  return null;
}
