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

/** The tree of all leaves before a range: its peaks are what a proof that fits begins with. */
export function frontierBefore(from: number, proof: readonly string[]): MerkleFrontier {
  const size = from - 1;
  let peaks = 0;
  for (let bits = size; bits > 0; bits = Math.floor(bits / 2)) peaks += bits % 2;
  return { size, peaks: proof.slice(0, peaks) };
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
 * when they are too few or too many for it, or one of them is no hash.
 */
export function rootFromRange(
  entries: readonly string[],
  range: LeafRange,
  proof: readonly string[],
): string | null {
  const { from, to, size } = range;
  if (!(from >= 1 && to >= from && size >= to) || entries.length !== to - from + 1) return null;
  if (!entries.every(isHash) || !proof.every(isHash)) return null;
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

/**
 * What proves that the tree of the first `from` leaves became the one of the first `to` (RFC 9162,
 * section 2.1.4.1): at most log₂ n + 1 hashes, none when both are the same. `entries` are all leaves
 * of the larger tree, at least. Throws a RangeError unless 1 ≤ from ≤ to ≤ their number.
 */
export function consistencyProof(entries: readonly string[], from: number, to: number): string[] {
  if (to > entries.length) {
    throw new RangeError(`no proof from ${from} to ${to} of ${entries.length} leaves`);
  }
  return consistencyParts(from, to).map(({ first, count }) =>
    merkleRoot(entries.slice(first - 1, first - 1 + count)),
  );
}

/** Leaves in a row, counted from 1. */
export interface Leaves {
  readonly first: number;
  readonly count: number;
}

/** The subtrees whose roots are the proof of `consistencyProof`, in its order. */
export function consistencyParts(from: number, to: number): Leaves[] {
  if (!(from >= 1 && from <= to)) throw new RangeError(`no proof from ${from} to ${to}`);
  /** SUBPROOF of the RFC; `isKnown`: the verifier has the root of what `from` covers here. */
  const subproof = (
    { first, count }: Leaves,
    covered: number,
    isKnown: boolean,
  ): readonly Leaves[] => {
    if (covered === count) return isKnown ? [] : [{ first, count }];
    const half = largestPowerOfTwoBelow(count);
    const left = { first, count: half };
    const right = { first: first + half, count: count - half };
    return covered <= half
      ? [...subproof(left, covered, isKnown), right]
      : [...subproof(right, covered - half, false), left];
  };
  return [...subproof({ first: 1, count: to }, from, true)];
}

/** A tree by its size and its root, in hexadecimal. */
export interface TreeHead {
  readonly size: number;
  readonly root: string;
}

/** Whether `later` has the leaves of `earlier` as its first ones (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(
  earlier: TreeHead,
  later: TreeHead,
  proof: readonly string[],
): boolean {
  if (!(earlier.size >= 1 && earlier.size <= later.size)) return false;
  if (![earlier.root, later.root, ...proof].every(isHash)) return false;
  if (earlier.size === later.size) return proof.length === 0 && earlier.root === later.root;
  // A first tree that is full is a subtree of the second: its root is not sent again.
  const path = isPowerOfTwo(earlier.size) ? [earlier.root, ...proof] : proof;
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [node, last] = [earlier.size - 1, later.size - 1];
  const up = (): void => {
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  };
  while (node % 2 === 1) up();
  let [earlierRoot, laterRoot] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      earlierRoot = nodeHash(hash, earlierRoot);
      laterRoot = nodeHash(hash, laterRoot);
      while (node % 2 === 0 && node !== 0) up();
    } else {
      laterRoot = nodeHash(laterRoot, hash);
    }
    up();
  }
  return last === 0 && earlierRoot === earlier.root && laterRoot === later.root;
}

const hashDigits = /^[0-9a-f]{64}$/;

/** What is none would be hashed as something, and not everywhere as the same. */
function isHash(text: string): boolean {
  return hashDigits.test(text);
}

function isPowerOfTwo(size: number): boolean {
  return largestPowerOfTwoBelow(2 * size) === size;
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

/** Where a tree of so many leaves is split; of one or two it is 1. */
export function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function leafHash(entry: string): string {
  return sha256OfHex(leafPrefix, entry);
}

export function nodeHash(left: string, right: string): string {
  return sha256OfHex(nodePrefix, left, right);
}
