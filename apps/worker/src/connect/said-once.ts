interface Printed {
  /** What it printed last: the same list for as long as it is here. */
  readonly lastLines: readonly string[];
}

/**
 * What a failed instance printed last is news once: each state that something else made would repeat it, over lines
 * that may cost money. Who asks for a state, and who was away, is told all of it.
 */
export class SaidOnce {
  private readonly said = new WeakSet<readonly string[]>();

  without<T extends Printed>(instances: readonly T[]): readonly T[] {
    return instances.map((each) =>
      this.said.has(each.lastLines) ? { ...each, lastLines: [] } : each,
    );
  }

  note(instances: readonly Printed[]): void {
    for (const { lastLines } of instances) if (lastLines.length > 0) this.said.add(lastLines);
  }
}
