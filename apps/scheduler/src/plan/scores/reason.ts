import type { ProposedPlacement } from '@oakring/contracts';
import type { Choice } from '../choice.js';
import type { Room } from '../room.js';
import type { Score } from './score.js';

/** A placement with its one sentence for a person: chosen from what, and what stays free once it is taken. */
export function describePlacement(room: Room, choice: Choice, score: Score): ProposedPlacement {
  const { slot } = choice;
  const { total, leastAllocated, balance, spread } = score;
  const { ids, cpuCapacity, memoryCapacity } = room.nodes;
  return {
    nodeId: ids[slot] ?? '',
    total,
    scores: { leastAllocated, balance, spread },
    reason:
      `${chosenFrom(choice, total)}: ${room.cpuFree(slot)} of ${cpuCapacity[slot] ?? 0} cpuMillis and ` +
      `${room.memoryFree(slot)} of ${memoryCapacity[slot] ?? 0} MiB stay free`,
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
