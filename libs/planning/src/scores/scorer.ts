import { freeIn, type Room, type RoomColumn } from '../nodes/room.js';
import type { Score } from './score.js';

/** What a placement is worth: each part from 0 to 100, and their weighted mean. */
export interface Rating {
  readonly total: number;
  readonly scores: Readonly<Record<string, number>>;
}

/**
 * Rates nodes for the instances of one job, as if the next one were there. Resources that are not
 * everywhere count where the job asks for them: others are not drawn to where they are, nor away.
 */
export class Scorer {
  private readonly counted: readonly Counted[];
  private readonly scores: readonly Score[];
  private readonly weight: number;
  private readonly rated: { shares: number[]; present: number };

  constructor({ columns, nodes }: Room, asked: readonly number[]) {
    const { everywhere, scores, weight } = nodes.rules;
    const counted: Counted[] = [];
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at];
      const wanted = asked[at] ?? 0;
      if (column === undefined || !(everywhere[at] === true || wanted > 0)) continue;
      counted.push({ column, wanted });
    }
    this.counted = counted;
    this.scores = scores;
    this.weight = weight;
    this.rated = { shares: counted.map(() => 0), present: 0 };
  }

  /** Higher is better; `present`: instances of the job that the node has. */
  total(slot: number, present: number): number {
    this.look(slot, present);
    let sum = 0;
    for (let at = 0; at < this.scores.length; at += 1) {
      const score = this.scores[at];
      if (score !== undefined) sum += score.weight * score.rate(this.rated);
    }
    return Math.floor(sum / this.weight);
  }

  rate(slot: number, present: number): Rating {
    const total = this.total(slot, present);
    const scores: Record<string, number> = {};
    // oxlint-disable-next-line oakring/no-grown-object -- in every placement; the names are the list's
    for (const score of this.scores) scores[score.name] = score.rate(this.rated);
    return { total, scores };
  }

  private look(slot: number, present: number): void {
    const { rated, counted } = this;
    rated.present = present;
    for (let place = 0; place < counted.length; place += 1) {
      const here = counted[place];
      if (here === undefined) continue;
      const free = freeIn(here.column, slot) - here.wanted;
      const capacity = here.column.capacity[slot] ?? 0;
      rated.shares[place] = capacity <= 0 ? 0 : Math.floor((Math.max(0, free) * 100) / capacity);
    }
  }
}

/** A resource that counts. */
interface Counted {
  readonly column: RoomColumn;
  readonly wanted: number;
}
