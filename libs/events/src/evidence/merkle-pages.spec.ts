import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@oakring/crypto';
import { MerklePages } from './merkle-pages.js';
import { consistencyProof, merkleRoot, type Leaves } from './merkle-tree.js';

const entries = Array.from({ length: 5_000 }, (_, index) => sha256(String(index)));

describe('a tree whose leaves lie elsewhere', () => {
  function pagesOver(): { pages: MerklePages; asked: Leaves[] } {
    const asked: Leaves[] = [];
    const pages = new MerklePages(async (leaves) => {
      asked.push(leaves);
      return entries.slice(leaves.first - 1, leaves.first - 1 + leaves.count);
    });
    return { pages, asked };
  }

  it('has the roots and the proofs of the tree itself, below, at and beyond a page', async () => {
    const { pages } = pagesOver();
    const sizes = [1, 2, 1_000, 1_023, 1_024, 1_025, 2_047, 2_048, 3_000, 4_096, 5_000];
    for (const to of sizes) {
      expect(await pages.root(to)).toBe(merkleRoot(entries.slice(0, to)));
      for (const from of sizes.filter((size) => size <= to)) {
        expect(await pages.consistency(from, to)).toEqual(consistencyProof(entries, from, to));
      }
    }
  });

  it('reads a page once, and of what is asked again only what fills none', async () => {
    const { pages, asked } = pagesOver();
    await pages.root(5_000);
    expect(asked).toHaveLength(5);
    asked.length = 0;
    await pages.root(5_000);
    expect(asked).toEqual([{ first: 4_097, count: 904 }]);
  });
});
