/** On whose word, in four kinds. `unsaid`: recorded before it was said who. */
export const kindsOfBy = ['api', 'nodes', 'manager', 'unsaid'] as const;
export type KindOfBy = (typeof kindsOfBy)[number];

export type Slice = Record<KindOfBy, number>;

/** What a picture of a phone's width can show. */
const maxSlices = 96;
const firstWidthMs = 1_000;

export function kindOfBy(by: string | null): KindOfBy {
  const kind = by?.slice(0, by.indexOf('/')) ?? 'unsaid';
  return kindsOfBy.find((each) => each === kind) ?? 'unsaid';
}

/**
 * Events per slice of time. How long the range is shows only at its end: where the slices do not reach, two
 * become one, so that there are between half of the most and the most of them.
 */
export class Slices {
  startMs = 0;
  widthMs = firstWidthMs;
  private slices: Slice[] = [];

  add(atMs: number, kind: KindOfBy): void {
    if (this.slices.length === 0) this.startMs = atMs;
    while (atMs - this.startMs >= this.widthMs * maxSlices) this.widen();
    const at = Math.floor((atMs - this.startMs) / this.widthMs);
    while (this.slices.length <= at) this.slices.push(nothing());
    const slice = this.slices[at];
    if (slice !== undefined) slice[kind] += 1;
  }

  get list(): readonly Slice[] {
    return this.slices;
  }

  private widen(): void {
    const wider: Slice[] = [];
    for (const [at, slice] of this.slices.entries()) {
      if (at % 2 === 0) wider.push({ ...slice });
      else addTo(wider.at(-1), slice);
    }
    this.slices = wider;
    this.widthMs *= 2;
  }
}

function nothing(): Slice {
  return { api: 0, nodes: 0, manager: 0, unsaid: 0 };
}

function addTo(sum: Slice | undefined, slice: Slice): void {
  if (sum === undefined) return;
  for (const kind of kindsOfBy) sum[kind] += slice[kind];
}
