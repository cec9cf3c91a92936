import type { ProposedPlacement } from '@oakring/contracts';
import type { NodeColumns } from '../node-columns.js';
import type { Taken } from '../taken.js';
import type { Score } from './score.js';

/** A placement with its one sentence for a person: chosen from what, and what stays free. */
export function describePlacement(
  nodes: NodeColumns,
  taken: Taken,
  slot: number,
  score: Score,
  sampled: number,
): ProposedPlacement {
  const { total, leastAllocated, balance, spread } = score;
  const cpu = (nodes.cpuFree[slot] ?? 0) - (taken.cpu[slot] ?? 0);
  const memory = (nodes.memoryFree[slot] ?? 0) - (taken.memory[slot] ?? 0);
  const chosenFrom =
    sampled === 1 ? 'the only node that fits' : `scores ${total}, best of ${sampled} that fit`;
  return {
    nodeId: nodes.ids[slot] ?? '',
    total,
    scores: { leastAllocated, balance, spread },
    reason:
      `${chosenFrom}: ${cpu} of ${nodes.cpuCapacity[slot] ?? 0} cpuMillis and ` +
      `${memory} of ${nodes.memoryCapacity[slot] ?? 0} MiB stay free`,
  };
}
