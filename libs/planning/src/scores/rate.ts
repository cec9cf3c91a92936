import { freeIn, type Counted } from '../nodes/room.js';
import { ratingOf, type Rating } from './list.js';

/**
 * What a node is worth for the next instance of a job, as if it were there; `present`: those that it has,
 * `placed`: all placements there.
 */
export function rate(
  counted: readonly Counted[],
  slot: number,
  present: number,
  placed: number,
): Rating {
  let sum = 0;
  let least = 100;
  let most = 0;
  for (let at = 0; at < counted.length; at += 1) {
    const here = counted[at];
    if (here === undefined) continue;
    const { column, wanted, nominal } = here;
    const free = freeIn(column, slot) - wanted - nominal * (placed + 1);
    const capacity = column.capacity[slot] ?? 0;
    const share = capacity <= 0 ? 0 : Math.floor((Math.max(0, free) * 100) / capacity);
    sum += share;
    if (share < least) least = share;
    if (share > most) most = share;
  }
  return ratingOf({ average: Math.floor(sum / counted.length), least, most, present });
}
