import { closeSync, openSync } from 'node:fs';
import { PageProblem, pagesOf, type Pages } from './page-reader.js';
import { layoutIsKnown, type LeafNode, type Tree } from './pages.js';

/** What a named tree of a data file holds, as far as it was looked at. */
export interface TreeEdges {
  readonly entries: number;
  /** Values of the first and the last key; null when the tree is empty. */
  readonly first: Buffer | null;
  readonly last: Buffer | null;
}

export type DataFileInspection =
  | {
      readonly status: 'sound';
      readonly trees: ReadonlyMap<string, TreeEdges>;
    }
  | { readonly status: 'damaged'; readonly detail: string }
  /** Not a 64-bit little-endian machine: lmdb has to be trusted. */
  | { readonly status: 'layout-unknown' };

/**
 * Leaf pages checked in each tree, from the newest key down: 16 MiB of 4 KiB pages, so that the
 * work at a start is bounded. It is the tail, which is what a start replays.
 */
const maxLeavesChecked = 4096;
/** Checked in any case, changed or not: the tail is what a start uses first. */
const tailLeaves = 64;
/** A tree of lmdb is never deeper. */
const maxDepth = 32;

/**
 * Looks through an lmdb data file without lmdb and without changing anything: meta pages, that no
 * page in use lies beyond the end of the file, every branch page, and the newest leaves. So a
 * truncated or overwritten file is a sentence, where lmdb would take the process down. Of pages that
 * were found sound up to the transaction `since`, only those that changed and the tail are looked at:
 * lmdb never changes a page in place, and each tells the transaction that wrote it. Throws what `open`
 * throws.
 */
export function inspectDataFile(path: string, since = 0): DataFileInspection {
  if (!layoutIsKnown(process.arch)) return { status: 'layout-unknown' };
  const file = openSync(path, 'r');
  try {
    const pages = pagesOf(file);
    // What was found in a newer file says nothing about an older copy of it.
    return { status: 'sound', trees: inspect(pages, since > pages.meta.transaction ? 0 : since) };
  } catch (error) {
    if (error instanceof PageProblem) return { status: 'damaged', detail: error.message };
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The newest transaction in a data file that is sound. */
export function newestTransaction(path: string): number {
  const file = openSync(path, 'r');
  try {
    return pagesOf(file).meta.transaction;
  } finally {
    closeSync(file);
  }
}

function inspect(pages: Pages, since: number): ReadonlyMap<string, TreeEdges> {
  checkTree(pages, pages.meta.free, 0);
  const trees = new Map<string, TreeEdges>();
  checkTree(pages, pages.meta.main, 0, ({ key, value }) => {
    if (value.kind !== 'tree') return;
    checkTree(pages, value.tree, since);
    trees.set(key.toString('utf8').replace(/\0$/, ''), edgesOf(pages, value.tree));
  });
  return trees;
}

/**
 * Walks a tree from its newest key down; every branch that changed after the transaction `since`, and
 * leaves as long as their number allows.
 */
function checkTree(
  pages: Pages,
  tree: Tree,
  since: number,
  visit?: (node: LeafNode) => void,
): void {
  let isWhole = true;
  let leaves = 0;
  let branches = 0;
  let entries = 0;
  const walk = (page: number, depth: number): void => {
    if (depth > 1) {
      branches += 1;
      if (branches + leaves > pages.count)
        throw new PageProblem('pages are pointed to more than once');
      // Pages may legally be missing at the end of a short file, if nothing points to them: look.
      const isKnown = pages.writer(page) <= since && !pages.isShort;
      for (const child of pages.branch(page).reverse()) {
        if (isKnown && leaves >= tailLeaves) {
          isWhole = false;
          return;
        }
        walk(child, depth - 1);
      }
      return;
    }
    leaves += 1;
    if (leaves > maxLeavesChecked && !pages.isShort) return pages.demand(page, 1);
    const nodes = pages.leaf(page);
    entries += nodes.length;
    for (const node of nodes) {
      if (node.value.kind === 'pages') pages.demand(node.value.first, node.value.count);
      visit?.(node);
    }
  };
  if (tree.depth > maxDepth) throw new PageProblem(`a tree states ${tree.depth} levels`);
  if (tree.depth > 0) walk(tree.root, tree.depth);
  if (isWhole && leaves <= maxLeavesChecked && entries !== tree.entries) {
    throw new PageProblem(`a tree states ${tree.entries} entries and has ${entries}`);
  }
}

function edgesOf(pages: Pages, tree: Tree): TreeEdges {
  if (tree.depth === 0) return { entries: 0, first: null, last: null };
  const edge = (at: 0 | -1): Buffer => {
    let page = tree.root;
    for (let depth = tree.depth; depth > 1; depth -= 1) page = pages.branch(page).at(at) ?? 0;
    const node = pages.leaf(page).at(at);
    return node === undefined ? Buffer.alloc(0) : pages.value(node.value);
  };
  return { entries: tree.entries, first: edge(0), last: edge(-1) };
}
