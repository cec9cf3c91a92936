import { sha256, sha256OfHex } from '@oakring/crypto';

/**
 * What is needed of a Merkle tree (RFC 9162, section 2.1.1) to let it grow and to state its root:
 * its size, and the roots of its full subtrees, largest first (one for each bit of the size). A
 * leaf's entry is the 32 bytes of one hash; hashes are written in hexadecimal. Plain JSON.
 */
export interface MerkleFrontier {
  readonly size: number;
  readonly peaks: readonly string[];
}

export const emptyFrontier: MerkleFrontier = { size: 0, peaks: [] };

const leafPrefix = 0;
const nodePrefix = 1;

/** The tree with one more leaf. About one hash a leaf, log₂ n at the most. */
export function withLeaf({ size, peaks }: MerkleFrontier, entry: string): MerkleFrontier {
  const grown = peaks.slice();
  let hash = leafHash(entry);
  // As many full subtrees of equal size join as the size has ones at its end.
  for (let bits = size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
    hash = nodeHash(grown.pop() ?? '', hash);
  }
  grown.push(hash);
  return { size: size + 1, peaks: grown };
}

/** The root; of no leaves it is the hash of nothing. */
export function rootOf({ peaks }: MerkleFrontier): string {
  let root = peaks.at(-1);
  if (root === undefined) return sha256('');
  for (let index = peaks.length - 2; index >= 0; index -= 1) {
    root = nodeHash(peaks[index] ?? '', root);
  }
  return root;
}

export function merkleRoot(entries: Iterable<string>): string {
  let frontier = emptyFrontier;
  for (const entry of entries) frontier = withLeaf(frontier, entry);
  return rootOf(frontier);
}

/** Leaves `from` to `to` (inclusive, from 1) of a tree of `size` leaves. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/**
 * What proves that leaves belong to a tree: the roots of the subtrees outside the range, left to
 * right, as the RFC's recursion meets them. At most 2 log₂ n hashes; of one leaf it is its inclusion
 * proof, in that order. `entries` are all leaves of the tree.
 */
export function rangeProof(entries: readonly string[], range: LeafRange): string[] {
  const proof: string[] = [];
  descend(range, {
    outside: (first, count) => {
      const hash = merkleRoot(entries.slice(first - 1, first - 1 + count));
      proof.push(hash);
      return hash;
    },
    // The hash of what is inside is of no use here.
    inside: () => '',
  });
  return proof;
}

/**
 * The root of the tree that `entries` (the leaves of the range, in order) and the proof make; null
 * when they are too few or too many for it.
 */
export function rootFromRange(
  entries: readonly string[],
  range: LeafRange,
  proof: readonly string[],
): string | null {
  const { from, to, size } = range;
  if (!(from >= 1 && to >= from && size >= to) || entries.length !== to - from + 1) return null;
  let used = 0;
  const root = descend(range, {
    outside: () => {
      used += 1;
      return proof[used - 1] ?? '';
    },
    inside: (first, count) => merkleRoot(entries.slice(first - from, first - from + count)),
  });
  return used === proof.length ? root : null;
}

interface Subtrees {
  outside(first: number, count: number): string;
  inside(first: number, count: number): string;
}

/** The RFC's recursion, as deep as the range needs. */
function descend({ from, to, size }: LeafRange, subtrees: Subtrees): string {
  const visit = (first: number, count: number): string => {
    const last = first + count - 1;
    if (last < from || first > to) return subtrees.outside(first, count);
    if (first >= from && last <= to) return subtrees.inside(first, count);
    const left = largestPowerOfTwoBelow(count);
    const leftHash = visit(first, left);
    return nodeHash(leftHash, visit(first + left, count - left));
  };
  return visit(1, size);
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function leafHash(entry: string): string {
  return sha256OfHex(leafPrefix, entry);
}

function nodeHash(left: string, right: string): string {
  return sha256OfHex(nodePrefix, left, right);
}
