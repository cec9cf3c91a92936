interface Entry {
  readonly atMs: number;
  readonly key: string;
}

/** Keys by the time at which they are due: a binary heap, in which a key has its newest time only. */
export class Agenda {
  private readonly heap: Entry[] = [];
  private readonly times = new Map<string, number>();

  /** When the next one is due; infinity: none is. */
  get nextMs(): number {
    this.dropOutdated();
    return this.heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  set(key: string, atMs: number): void {
    if (this.times.get(key) === atMs) return;
    this.times.set(key, atMs);
    this.push({ atMs, key });
  }

  delete(key: string): void {
    this.times.delete(key);
  }

  /** Takes out those that are due, the earliest first. */
  takeDue(nowMs: number): string[] {
    const due: string[] = [];
    while (this.nextMs <= nowMs) {
      const entry = this.pop();
      if (entry === undefined) break;
      this.times.delete(entry.key);
      due.push(entry.key);
    }
    return due;
  }

  private dropOutdated(): void {
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (this.times.get(top.key) === top.atMs) return;
      this.pop();
    }
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.atMs <= entry.atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): Entry | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || first === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if ((heap[child + 1]?.atMs ?? Infinity) < (heap[child]?.atMs ?? Infinity)) child += 1;
      const below = heap[child];
      if (below === undefined || below.atMs >= last.atMs) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
