import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  consistencyProof,
  emptyFrontier,
  merkleRoot,
  rangeProof,
  rootFromRange,
  rootOf,
  verifyConsistency,
  withLeaf,
} from './merkle-tree.js';

describe('The Merkle root', () => {
  it('of nothing is the hash of nothing', () => {
    expect(merkleRoot([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('is the one that the recursion of RFC 9162 gives, for every number of leaves', () => {
    for (let count = 1; count <= 70; count += 1) {
      const leaves = Array.from({ length: count }, (_, index) => sha256(Buffer.of(index)));
      const root = merkleRoot(leaves.map((leaf) => leaf.toString('hex')));
      expect(root).toBe(byTheRfc(leaves).toString('hex'));
    }
  });

  it('changes with any leaf, and with their order', () => {
    const hashes = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32));
    const root = merkleRoot(hashes);
    expect(merkleRoot(hashes.with(1, 'dd'.repeat(32)))).not.toBe(root);
    expect(merkleRoot(hashes.toReversed())).not.toBe(root);
  });
});

describe('A range of a Merkle tree', () => {
  const leaves = Array.from({ length: 40 }, (_, index) => sha256(Buffer.of(index)).toString('hex'));

  it('is proved by its proof, for every range of every size', () => {
    for (let size = 1; size <= 33; size += 1) {
      const entries = leaves.slice(0, size);
      for (let from = 1; from <= size; from += 1) {
        for (let to = from; to <= size; to += 3) {
          const range = { from, to, size };
          const proof = rangeProof(entries, range);
          expect(rootFromRange(entries.slice(from - 1, to), range, proof)).toBe(
            merkleRoot(entries),
          );
          expect(proof.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size)));
        }
      }
    }
  });

  it('is not proved with another leaf, another place, or a proof of another length', () => {
    const entries = leaves.slice(0, 21);
    const range = { from: 7, to: 9, size: 21 };
    const proof = rangeProof(entries, range);
    const inside = entries.slice(6, 9);
    const root = merkleRoot(entries);
    expect(rootFromRange(inside.with(1, leaves[30] ?? ''), range, proof)).not.toBe(root);
    expect(rootFromRange(inside, { from: 8, to: 10, size: 21 }, proof)).not.toBe(root);
    expect(rootFromRange(inside, range, [...proof, root])).toBeNull();
    expect(rootFromRange(inside.slice(1), range, proof)).toBeNull();
    for (const no of ['', 'g'.repeat(64), `${proof[0]}00`, proof[0]?.toUpperCase() ?? '']) {
      expect(rootFromRange(inside, range, proof.with(0, no))).toBeNull();
      expect(rootFromRange(inside.with(0, no), range, proof)).toBeNull();
    }
  });

  it('grows leaf by leaf into the same tree', () => {
    let frontier = emptyFrontier;
    for (const [index, leaf] of leaves.entries()) {
      frontier = withLeaf(frontier, leaf);
      expect(rootOf(frontier)).toBe(merkleRoot(leaves.slice(0, index + 1)));
    }
  });
});

describe('A consistency proof', () => {
  const leaves = Array.from({ length: 40 }, (_, index) => sha256(Buffer.of(index)).toString('hex'));
  const roots = leaves.map((_, index) => merkleRoot(leaves.slice(0, index + 1)));
  const headOf = (size: number) => ({ size, root: roots[size - 1] ?? '' });
  const other = 'f'.repeat(64);

  it('shows that a tree grew into another, for all sizes', () => {
    const refused: string[] = [];
    for (let to = 1; to <= 40; to += 1) {
      for (let from = 1; from <= to; from += 1) {
        const proof = consistencyProof(leaves, from, to);
        const isLong = proof.length > Math.ceil(Math.log2(to)) + 1;
        const holds = verifyConsistency(headOf(from), headOf(to), proof);
        if (isLong || !holds) refused.push(`${from} to ${to}: ${proof.length} hashes`);
      }
    }
    expect(refused).toEqual([]);
  });

  it('shows it of no other trees, and no altered one does', () => {
    const accepted: string[] = [];
    for (let to = 1; to <= 40; to += 3) {
      for (let from = 1; from <= to; from += 1) {
        const proof = consistencyProof(leaves, from, to);
        const altered = proof.flatMap((hash, at): string[][] => [
          ...[proof.with(at, other), proof.with(at, hash.toUpperCase())],
          ...[proof.toSpliced(at, 1), proof.toSpliced(at, 0, hash)],
        ]);
        const [earlier, later] = [headOf(from), headOf(to)];
        const attempts: Attempt[] = [
          ...[...altered, [...proof, other]].map((path): Attempt => [earlier, later, path]),
          ...([{ ...earlier, root: other }, headOf(from - 1)] as const).map((head): Attempt => [
            head,
            later,
            proof,
          ]),
          ...([{ ...later, root: other }, headOf(to + 1)] as const).map((head): Attempt => [
            earlier,
            head,
            proof,
          ]),
        ];
        for (const [index, attempt] of attempts.entries()) {
          if (verifyConsistency(...attempt)) accepted.push(`${from} to ${to}: attempt ${index}`);
        }
      }
    }
    expect(accepted).toEqual([]);
  });

  it('is the one of the RFC for its tree of seven leaves (section 2.1.5)', () => {
    const seven = leaves.slice(0, 7);
    // [c, d, g, l], [l] and [i, j, k] there.
    expect(consistencyProof(seven, 3, 7)).toEqual([
      merkleRoot(seven.slice(2, 3)),
      merkleRoot(seven.slice(3, 4)),
      merkleRoot(seven.slice(0, 2)),
      merkleRoot(seven.slice(4)),
    ]);
    expect(consistencyProof(seven, 4, 7)).toEqual([merkleRoot(seven.slice(4))]);
    expect(consistencyProof(seven, 6, 7)).toEqual([
      merkleRoot(seven.slice(4, 6)),
      merkleRoot(seven.slice(6)),
      merkleRoot(seven.slice(0, 4)),
    ]);
  });

  it('is asked for sizes that there are', () => {
    expect(() => consistencyProof(leaves, 0, 4)).toThrow(RangeError);
    expect(() => consistencyProof(leaves, 5, 4)).toThrow(RangeError);
    expect(() => consistencyProof(leaves, 5, 41)).toThrow(RangeError);
  });
});

type Attempt = Parameters<typeof verifyConsistency>;

/** MTH(D[n]) as it is written there: split at the largest power of two below n. */
function byTheRfc(entries: readonly Buffer[]): Buffer {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return sha256(Buffer.of(0), only);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return sha256(Buffer.of(1), byTheRfc(left), byTheRfc(right));
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}
