import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { merkleRoot } from './merkle-tree.js';

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
