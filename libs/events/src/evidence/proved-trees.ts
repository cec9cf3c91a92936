import type { Commit } from '../log/commit.js';
import type { Damage } from '../log/damage.js';
import { damageAt } from '../log/damage.js';
import type { RuleId } from '../log/rules.js';
import { rootOf, withLeaf, type MerkleFrontier } from './merkle-tree.js';

/** The root at a position of a range, or right before it; null: the range does not show it. */
export function rootsOf(
  before: MerkleFrontier,
  range: readonly Commit[],
): (position: number) => string | null {
  // Grown once, and only for who asks: few bundles have a verdict.
  let trees: MerkleFrontier[] | null = null;
  const grown = (): MerkleFrontier[] => {
    let tree = before;
    return [before, ...range.map(({ hash }) => (tree = withLeaf(tree, hash)))];
  };
  return (position) => {
    const tree = (trees ??= grown())[position - before.size];
    return tree === undefined || tree.size === 0 ? null : rootOf(tree);
  };
}

/** What two commits that are shown say of their order, whatever lies between them; the first that is broken. */
export function orderProblem(shown: readonly Commit[]): Damage | null {
  const sorted = shown.toSorted((one, other) => one.position - other.position);
  for (const [index, commit] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || before.position === commit.position) continue;
    const broken = (rule: RuleId, detail: string): Damage =>
      damageAt(commit.position, rule, `${detail}, as position ${before.position} is shown`);
    if (before.position === commit.position - 1 && before.hash !== commit.prev) {
      return broken('C6', `prev is ${commit.prev}, the hash before is ${before.hash}`);
    }
    if (commit.epoch < before.epoch) return broken('C7', `epoch ${commit.epoch} falls`);
    if (commit.at < before.at) return broken('C8', 'its time falls');
    if (commit.format < before.format) return broken('C9', `format ${commit.format} falls`);
  }
  return null;
}
