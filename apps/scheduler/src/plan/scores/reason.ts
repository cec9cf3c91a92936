import type { ProposedPlacement } from '@oakring/contracts';
import type { Choice } from '../choice.js';
import type { NodeColumns } from '../node-columns.js';
import type { Taken } from '../taken.js';
import type { Score } from './score.js';

/** A placement with its one sentence for a person: chosen from what, and what stays free. */
export function describePlacement(
  nodes: NodeColumns,
  taken: Taken,
  choice: Choice,
  score: Score,
): ProposedPlacement {
  const { slot } = choice;
  const { total, leastAllocated, balance, spread } = score;
  const cpu = (nodes.cpuFree[slot] ?? 0) - (taken.cpu[slot] ?? 0);
  const memory = (nodes.memoryFree[slot] ?? 0) - (taken.memory[slot] ?? 0);
  return {
    nodeId: nodes.ids[slot] ?? '',
    total,
    scores: { leastAllocated, balance, spread },
    reason:
      `${chosenFrom(choice, total)}: ${cpu} of ${nodes.cpuCapacity[slot] ?? 0} cpuMillis and ` +
      `${memory} of ${nodes.memoryCapacity[slot] ?? 0} MiB stay free`,
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
