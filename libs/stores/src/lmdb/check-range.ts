import { PageProblem, type Pages } from './page-reader.js';
import type { Tree } from './pages.js';

/** A tree of lmdb is never deeper. */
const maxDepth = 32;

/**
 * Checks the pages that lmdb touches when it looks for the keys between two, both included: the way
 * down, the leaves, and the neighbours of both ends, which a cursor or a split may touch. Throws a
 * `PageProblem`.
 */
export function checkRange(pages: Pages, tree: Tree, from: Buffer, to: Buffer): void {
  const visit = (page: number, depth: number): void => {
    if (depth === 1) {
      for (const { value } of pages.leaf(page)) {
        if (value.kind === 'pages') pages.demand(value.first, value.count);
      }
      return;
    }
    const nodes = pages.branches(page);
    // The first key of a branch page stands for "everything before the second".
    const childOf = (key: Buffer): number =>
      nodes.findLastIndex((node, index) => index === 0 || Buffer.compare(node.key, key) <= 0);
    const last = Math.min(childOf(to) + 1, nodes.length - 1);
    for (let index = Math.max(childOf(from) - 1, 0); index <= last; index += 1) {
      visit(nodes[index]?.child ?? 0, depth - 1);
    }
  };
  if (tree.depth > maxDepth) throw new PageProblem(`a tree states ${tree.depth} levels`);
  if (tree.depth > 0) visit(tree.root, tree.depth);
}
