import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  emptyFrontier,
  merkleRoot,
  rangeProof,
  rootFromRange,
  rootOf,
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
  });

  it('grows leaf by leaf into the same tree', () => {
    let frontier = emptyFrontier;
    for (const [index, leaf] of leaves.entries()) {
      frontier = withLeaf(frontier, leaf);
      expect(rootOf(frontier)).toBe(merkleRoot(leaves.slice(0, index + 1)));
    }
  });
});

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
