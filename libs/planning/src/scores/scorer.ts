import type { Room } from '../nodes/room.js';
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
  private readonly counted: readonly number[];
  private readonly scores: readonly Score[];
  private weights = 0;
  private readonly rated: { shares: number[]; present: number };

  constructor(
    private readonly room: Room,
    private readonly asked: readonly number[],
  ) {
    const { resources, kinds, scores } = room.nodes.rules;
    const counted: number[] = [];
    for (let at = 0; at < resources.length; at += 1) {
      if (kinds[resources[at] ?? '']?.everywhere === true || (asked[at] ?? 0) > 0) counted.push(at);
    }
    this.counted = counted;
    this.scores = scores;
    for (const { weight } of scores) this.weights += weight;
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
    return Math.floor(sum / this.weights);
  }

  rate(slot: number, present: number): Rating {
    const total = this.total(slot, present);
    const scores = this.scores.map(({ name, rate }) => [name, rate(this.rated)] as const);
    return { total, scores: Object.fromEntries(scores) };
  }

  private look(slot: number, present: number): void {
    const { rated, counted, room, asked } = this;
    rated.present = present;
    for (let place = 0; place < counted.length; place += 1) {
      const at = counted[place] ?? 0;
      const free = room.free(at, slot) - (asked[at] ?? 0);
      const capacity = room.nodes.capacity[at]?.[slot] ?? 0;
      rated.shares[place] = capacity <= 0 ? 0 : Math.floor((Math.max(0, free) * 100) / capacity);
    }
  }
}
