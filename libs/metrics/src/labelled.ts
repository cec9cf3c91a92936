/**
 * One of a thing for each combination of label values that was met. Its callers bound the values: never
 * an id of a job, node or instance, nor a text that somebody sends.
 */
export class Labelled<T> {
  private readonly all = new Map<string, { readonly values: readonly string[]; readonly it: T }>();

  constructor(private readonly make: () => T) {}

  of(...values: string[]): T {
    const key = values.join('\n');
    const known = this.all.get(key);
    if (known !== undefined) return known.it;
    const it = this.make();
    this.all.set(key, { values, it });
    return it;
  }

  *[Symbol.iterator](): Generator<readonly [it: T, ...values: string[]]> {
    for (const { values, it } of this.all.values()) yield [it, ...values];
  }
}

/** Something that is counted. */
export class Count {
  count = 0;
}

/** Counts that carry label values, as a metric reads them. */
export function* countsOf(counts: Labelled<Count>): Generator<readonly [number, ...string[]]> {
  for (const [{ count }, ...values] of counts) yield [count, ...values];
}
