/**
 * One view: records by key, in the order of their first appearance. Remembers which keys changed
 * since they were last taken, so that a checkpoint writes only those.
 */
export class Table<R> {
  private readonly records = new Map<string, R>();
  private changed = new Set<string>();
  /** What changed since it was last told; null: nobody listens. */
  private news: Set<string> | null = null;
  private newSteps: Set<string> | null = null;

  constructor(
    readonly name: string,
    /** False for a state that is never saved: it would remember changes for nobody. */
    private readonly remembersChanges: boolean,
    /** What a record says of the step that it is in: one that says else has taken another. */
    private readonly step: { of(record: R): string } | null = null,
  ) {}

  get size(): number {
    return this.records.size;
  }

  get(key: string): R | undefined {
    return this.records.get(key);
  }

  set(key: string, record: R): void {
    if (this.newSteps !== null && this.isStep(key, record)) this.newSteps.add(key);
    this.records.set(key, record);
    if (this.remembersChanges) this.changed.add(key);
    this.news?.add(key);
  }

  /** Puts a record where it was: no change. */
  restore(key: string, record: R): void {
    this.records.set(key, record);
  }

  delete(key: string): void {
    this.records.delete(key);
    if (this.remembersChanges) this.changed.add(key);
    this.news?.add(key);
    this.newSteps?.add(key);
  }

  /** The record whose key appeared first. */
  oldestKey(): string | undefined {
    return this.records.keys().next().value;
  }

  values(): IterableIterator<R> {
    return this.records.values();
  }

  entries(): IterableIterator<[string, R]> {
    return this.records.entries();
  }

  /** Keys that changed since they were last taken. */
  peekChanges(): ReadonlySet<string> {
    return this.changed;
  }

  /** Keys that changed since the last call. */
  takeChanges(): ReadonlySet<string> {
    const taken = this.changed;
    this.changed = new Set();
    return taken;
  }

  /** Keys that changed since the last call; none at the first. */
  takeNews(): ReadonlySet<string> {
    const { news } = this;
    if (news?.size === 0) return none;
    this.news = new Set();
    return news ?? none;
  }

  /** Keys of records that came, went or took another step since the last call; none at the first. */
  takeNewSteps(): ReadonlySet<string> {
    const { newSteps } = this;
    if (newSteps?.size === 0) return none;
    this.newSteps = new Set();
    return newSteps ?? none;
  }

  private isStep(key: string, record: R): boolean {
    const before = this.records.get(key);
    return before === undefined || this.step?.of(before) !== this.step?.of(record);
  }
}

/** Members by group, for questions such as "the placements of a node"; derived, never saved. */
export class Index {
  private readonly groups = new Map<string, Set<string>>();

  add(group: string, member: string): void {
    const members = this.groups.get(group);
    if (members === undefined) this.groups.set(group, new Set([member]));
    else members.add(member);
  }

  remove(group: string, member: string): void {
    const members = this.groups.get(group);
    if (members === undefined) return;
    members.delete(member);
    if (members.size === 0) this.groups.delete(group);
  }

  /** In an order that a state restored from a checkpoint has as well: for folds that go through all. */
  inOrder(group: string): readonly string[] {
    return [...this.of(group)].sort();
  }

  /** In no promised order. */
  of(group: string): ReadonlySet<string> {
    return this.groups.get(group) ?? none;
  }

  /** The names of all groups. */
  names(): IterableIterator<string> {
    return this.groups.keys();
  }

  sizeOf(group: string): number {
    return this.groups.get(group)?.size ?? 0;
  }
}

/** Members in an order that means something: a state that is copied or restored has the same. */
export class Sequence extends Set<string> {}

const none: ReadonlySet<string> = new Set();
