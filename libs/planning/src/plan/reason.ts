import type { ProposedPlacement } from '@oakring/contracts';
import type { Rating } from '../scores/scorer.js';
import type { Candidates } from './candidates.js';
import type { Choice } from './choice.js';

/** A placement with its one sentence for a person: chosen from what, and what stays free once it is taken. */
export function describePlacement(
  { room, asked }: Candidates,
  choice: Choice,
  { total, scores }: Rating,
): ProposedPlacement {
  const { ids, capacity, rules } = room.nodes;
  const { slot } = choice;
  let left = '';
  for (let at = 0; at < rules.resources.length; at += 1) {
    if (!(rules.everywhere[at] === true || (asked[at] ?? 0) > 0)) continue;
    const unit = rules.kinds[rules.resources[at] ?? '']?.unit;
    if (left !== '') left += ' and ';
    left += `${room.free(at, slot)} of ${capacity[at]?.[slot] ?? 0} ${unit}`;
  }
  return {
    nodeId: ids[slot] ?? '',
    total,
    scores,
    reason: `${chosenFrom(choice, total)}: ${left} stay free`,
  };
}

function chosenFrom({ from, feasible }: Choice, total: number): string {
  switch (from) {
    case 'named':
      return 'the node that the job names';
    case 'all':
      return feasible === 1
        ? 'the only node that fits'
        : `scores ${total}, best of all ${feasible} that fit`;
    case 'sampled':
      return feasible === 1
        ? `scores ${total}, the one in a sample that fits`
        : `scores ${total}, best of ${feasible} sampled that fit`;
  }
}
