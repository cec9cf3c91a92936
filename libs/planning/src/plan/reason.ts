import type { ProposedPlacement } from '@oakring/contracts';
import { freeIn } from '../nodes/room.js';
import type { Rating } from '../scores/list.js';
import type { Candidates } from './candidates.js';
import type { Choice } from './choice.js';

/** A placement with its one sentence for a person: chosen from what, and what stays free once it is taken. */
export function describePlacement(
  { counted, room }: Candidates,
  choice: Choice,
  { total, scores }: Rating,
): ProposedPlacement {
  const { slot } = choice;
  let left = '';
  for (let at = 0; at < counted.length; at += 1) {
    const column = counted[at]?.column;
    if (column === undefined) continue;
    if (left !== '') left += ' and ';
    left += `${freeIn(column, slot)} of ${column.capacity[slot] ?? 0} ${column.kind.unit}`;
  }
  return {
    nodeId: room.nodes.ids[slot] ?? '',
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
