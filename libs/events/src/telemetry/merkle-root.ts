import { createHash } from 'node:crypto';

/** A subtree: its hash, and how many leaves it has (a power of two until the end). */
interface Subtree {
  readonly hash: Buffer;
  readonly leaves: number;
}

const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);

/**
 * Merkle tree hash of RFC 9162, section 2.1.1, in hexadecimal. A leaf's entry is the 32 bytes of
 * one hash given here in hexadecimal. Of no entries it is the hash of nothing.
 */
export function merkleRoot(hashes: Iterable<string>): string {
  const stack: Subtree[] = [];
  for (const hash of hashes) {
    let subtree: Subtree = { hash: sha256(leafPrefix, Buffer.from(hash, 'hex')), leaves: 1 };
    for (let left = stack.at(-1); left?.leaves === subtree.leaves; left = stack.at(-1)) {
      stack.pop();
      subtree = join(left, subtree);
    }
    stack.push(subtree);
  }
  // What remains are trees of falling size, the left ones full: the split of the RFC, from the
  // right.
  let root = stack.pop();
  for (let left = stack.pop(); root !== undefined && left !== undefined; left = stack.pop()) {
    root = join(left, root);
  }
  return (root?.hash ?? sha256()).toString('hex');
}

function join(left: Subtree, right: Subtree): Subtree {
  return {
    hash: sha256(nodePrefix, left.hash, right.hash),
    leaves: left.leaves + right.leaves,
  };
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
