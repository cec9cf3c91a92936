import { PageProblem, type Pages } from './page-reader.js';
import type { Tree } from './pages.js';

/** A tree of lmdb is never deeper. */
const maxDepth = 32;

/**
 * Every entry of a tree in the order of its keys, read page by page without lmdb: damage is an
 * exception here and never the end of the process. Also what a look-up relies on is checked: that
 * keys grow, and that the keys in branch pages part the subtrees that they stand between.
 * With `from` it begins there.
 */
export function* walkTree(
  pages: Pages,
  tree: Tree,
  from: Buffer | null = null,
): Generator<{ key: Buffer; value: Buffer }> {
  if (tree.depth > maxDepth) throw new PageProblem(`a tree states ${tree.depth} levels`);
  let last: Buffer | null = null;
  let entries = 0;
  const visit = function* (
    page: number,
    depth: number,
    lower: Buffer | null,
  ): Generator<{ key: Buffer; value: Buffer }> {
    if (depth > 1) {
      const nodes = pages.branches(page);
      for (const [index, { key, child }] of nodes.entries()) {
        const next = nodes[index + 1];
        if (from !== null && next !== undefined && Buffer.compare(next.key, from) <= 0) continue;
        // The first key of a branch page stands for "everything before the second".
        yield* visit(child, depth - 1, index === 0 ? lower : key);
      }
      return;
    }
    for (const { key, value } of pages.leaf(page)) {
      const isBelow = lower !== null && Buffer.compare(key, lower) < 0;
      if (isBelow || (last !== null && Buffer.compare(key, last) <= 0)) {
        throw new PageProblem(`a key of page ${page} is out of order`);
      }
      // Each page is read into memory of its own: nothing writes over it.
      last = key;
      entries += 1;
      if (from !== null && Buffer.compare(key, from) < 0) continue;
      yield { key, value: pages.value(value) };
    }
  };
  if (tree.depth > 0) yield* visit(tree.root, tree.depth, null);
  if (from === null && entries !== tree.entries) {
    throw new PageProblem(`a tree states ${tree.entries} entries and has ${entries}`);
  }
}
