import {
  consistencyParts,
  largestPowerOfTwoBelow,
  merkleRoot,
  nodeHash,
  type Leaves,
} from './merkle-tree.js';

/** So many leaves are a page. A power of two: every larger subtree of a tree is made of whole ones. */
const pageLeaves = 1_024;

/**
 * Roots and proofs of the trees of a log that only grows, whose leaves lie elsewhere: `read` gives their
 * entries. The first question reads all that it is about; the roots of whole pages are kept (64 digits for
 * 1024 leaves), so that a later one reads what is new, and a page here and there. One question at a time.
 */
export class MerklePages {
  private readonly pages = new Map<number, string>();

  constructor(private readonly read: (leaves: Leaves) => Promise<readonly string[]>) {}

  /** The root of the first `size` leaves, of one at least. */
  async root(size: number): Promise<string> {
    return this.rootOf({ first: 1, count: size });
  }

  /** As `consistencyProof`. */
  async consistency(from: number, to: number): Promise<readonly string[]> {
    const proof: string[] = [];
    for (const part of consistencyParts(from, to)) proof.push(await this.rootOf(part));
    return proof;
  }

  private async rootOf({ first, count }: Leaves): Promise<string> {
    if (count < pageLeaves) return merkleRoot(await this.read({ first, count }));
    if (count === pageLeaves) return this.pageFrom(first);
    const half = largestPowerOfTwoBelow(count);
    const left = await this.rootOf({ first, count: half });
    return nodeHash(left, await this.rootOf({ first: first + half, count: count - half }));
  }

  private async pageFrom(first: number): Promise<string> {
    const known = this.pages.get(first);
    if (known !== undefined) return known;
    const root = merkleRoot(await this.read({ first, count: pageLeaves }));
    this.pages.set(first, root);
    return root;
  }
}
