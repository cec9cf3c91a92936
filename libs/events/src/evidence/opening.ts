import type { Commit, EventHead } from '../log/commit.js';
import type { Problem } from '../log/damage.js';
import type { RuleId } from '../log/rules.js';

/** Who began what follows: said where it begins, and nowhere else. */
export function openingProblem(
  { position, epoch }: Commit,
  records: readonly EventHead[],
  isOpening: boolean,
): Problem | null {
  const isFirst = position === 1;
  const opensAt = isFirst ? 1 : 0;
  if (isFirst && records[0]?.type !== 'ClusterFounded') return broken('O1', 'nobody founded it');
  for (const [index, { type, data }] of records.entries()) {
    if (type === 'ClusterFounded' && !(isFirst && index === 0)) {
      return broken('O1', 'a cluster is founded a second time');
    }
    if (type !== 'EpochOpened') continue;
    if (!isOpening || index !== opensAt || data?.['epoch'] !== epoch) {
      return broken('O2', `epoch ${String(data?.['epoch'])} is opened where it does not begin`);
    }
  }
  if (!isOpening || records[opensAt]?.type === 'EpochOpened') return null;
  return broken('O2', `nobody opened epoch ${epoch}`);
}

function broken(rule: RuleId, detail: string): Problem {
  return { rule, detail };
}
