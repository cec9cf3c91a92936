import type { Commit } from '@oakring/events';

/** A history, or a part of one: commits in their order, each on the one before. */
export type Strand = AsyncIterator<Commit, void>;

/** The first commits that differ; `isExact`: those before them are the same, and were seen. */
export interface Fork {
  readonly status: 'fork';
  readonly position: number;
  readonly isExact: boolean;
  readonly a: Commit | null;
  readonly b: Commit | null;
}

export type Comparison =
  /** The same commits `from` to `to`, and after them none on either side. */
  | { readonly status: 'same'; readonly from: number; readonly to: number }
  /** The same up to `to`; `longer` has `more` commits after it. */
  | {
      readonly status: 'continues';
      readonly longer: 'A' | 'B';
      readonly to: number;
      readonly more: number;
    }
  | Fork
  /** They show no position in common, and do not follow on one another. */
  | { readonly status: 'apart'; readonly a: Shown; readonly b: Shown };

/** What a strand showed: positions; 0 to 0 is none. */
export interface Shown {
  readonly from: number;
  readonly to: number;
}

/** Compares two histories as far as both show the same positions, in one pass. */
export async function compareStrands(strandA: Strand, strandB: Strand): Promise<Comparison> {
  const [a, b] = [new Walk(strandA), new Walk(strandB)];
  await a.step();
  await b.step();
  await a.stepTo(b.now?.position ?? 0);
  await b.stepTo(a.now?.position ?? 0);
  const from = a.now?.position ?? 0;
  if (a.now === null || b.now === null) return beside(a, b);
  // A commit holds the hash of the one before: whoever shows it shows that one as well.
  if (a.now.prev !== b.now.prev) {
    return { status: 'fork', position: from - 1, isExact: false, a: a.before, b: b.before };
  }
  let to = from - 1;
  while (a.now !== null && b.now !== null) {
    if (a.now.hash !== b.now.hash) {
      return { status: 'fork', position: a.now.position, isExact: true, a: a.now, b: b.now };
    }
    to = a.now.position;
    await a.step();
    await b.step();
  }
  return grown(a, b, { from, to });
}

async function grown(a: Walk, b: Walk, { from, to }: Shown): Promise<Comparison> {
  if (a.now === null && b.now === null) return { status: 'same', from, to };
  const longer = a.now === null ? 'B' : 'A';
  return { status: 'continues', longer, to, more: await (longer === 'A' ? a : b).rest() };
}

/** One ended where the other had not begun: it goes on from there, or from somewhere else, or leaves a gap. */
async function beside(a: Walk, b: Walk): Promise<Comparison> {
  const [ended, later, longer] = a.now === null ? ([a, b, 'B'] as const) : ([b, a, 'A'] as const);
  const to = ended.before?.position ?? 0;
  const next = later.now;
  if (next === null) return { status: 'same', from: 0, to: 0 };
  if (next.position !== to + 1) {
    await later.rest();
    return { status: 'apart', a: a.shown, b: b.shown };
  }
  // Nothing at all is the beginning of everything.
  if (ended.before === null || ended.before.hash === next.prev) {
    return { status: 'continues', longer, to, more: await later.rest() };
  }
  const [shownA, shownB] = longer === 'A' ? [null, ended.before] : [ended.before, null];
  return { status: 'fork', position: to, isExact: false, a: shownA, b: shownB };
}

class Walk {
  now: Commit | null = null;
  before: Commit | null = null;
  private first = 0;

  constructor(private readonly strand: Strand) {}

  get shown(): Shown {
    return { from: this.first, to: (this.now ?? this.before)?.position ?? 0 };
  }

  async step(): Promise<void> {
    const next = await this.strand.next();
    this.before = this.now ?? this.before;
    this.now = next.done === true ? null : next.value;
    if (this.first === 0) this.first = this.now?.position ?? 0;
  }

  async stepTo(position: number): Promise<void> {
    while (this.now !== null && this.now.position < position) await this.step();
  }

  /** How many commits there are from here to the end. */
  async rest(): Promise<number> {
    let count = 0;
    while (this.now !== null) {
      count += 1;
      await this.step();
    }
    return count;
  }
}
