import { isObject, shownIn, type JsonObject } from '@oakring/contracts';

/**
 * What is found in a root's document: reasons for which it cannot be placed or run, and wishes that are
 * not looked at. A root looks at no answer, so none of them is an exception: what is wrong is told where it
 * reads, in its next report.
 */
export class ServiceReader {
  readonly problems: string[] = [];
  readonly unkept: string[] = [];

  constructor(private readonly service: JsonObject) {}

  problem(name: string, value: unknown, expected: string): void {
    this.problems.push(`${name} is ${shownIn(value)}, not ${expected}`);
  }

  hasToldOf(name: string): boolean {
    return this.problems.some((told) => told.startsWith(`${name} `) || told.startsWith(`${name}.`));
  }

  /** Null is as absent, for the root and for its workers. */
  of(name: string): unknown {
    return Object.hasOwn(this.service, name) ? (this.service[name] ?? null) : null;
  }

  /** Null: it is not there, or is no such text (which is told). */
  text(name: string): string | null {
    const value = this.of(name);
    if (value === null) return null;
    if (typeof value === 'string') return value;
    this.problem(name, value, 'a text');
    return null;
  }

  flag(name: string): boolean {
    const value = this.of(name);
    if (value !== null && typeof value !== 'boolean') this.problem(name, value, 'true or false');
    return value === true;
  }

  /** 0: it is not there. */
  whole(name: string, maximum: number): number {
    const value = this.of(name) ?? 0;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum) {
      return value;
    }
    this.problem(name, value, `a whole number from 0 to ${maximum}`);
    return 0;
  }

  list(name: string): readonly unknown[] {
    const value = this.of(name);
    if (value === null) return [];
    if (Array.isArray(value) && value.length <= maxEntries) return value;
    this.problem(
      name,
      Array.isArray(value) ? value.length : value,
      `a list of at most ${maxEntries}`,
    );
    return [];
  }

  texts(name: string): readonly string[] {
    return textsOf(this, name, this.list(name));
  }

  objects(name: string): readonly JsonObject[] {
    return this.list(name).filter((entry, index): entry is JsonObject => {
      if (isObject(entry)) return true;
      this.problem(`${name}.${index}`, entry, 'an object');
      return false;
    });
  }
}

const maxEntries = 256;

/** Entries that are no texts are told, and left out. */
export function textsOf(
  reader: ServiceReader,
  name: string,
  list: readonly unknown[],
): readonly string[] {
  return list.filter((entry, index): entry is string => {
    if (typeof entry === 'string') return true;
    reader.problem(`${name}.${index}`, entry, 'a text');
    return false;
  });
}
