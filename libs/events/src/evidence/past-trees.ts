import { hexOf, writeHex } from '@oakring/crypto';
import { emptyFrontier, rootOf, withLeaf, type MerkleFrontier } from './merkle-tree.js';

/** What was at a position, for the evidence that speaks of it. */
interface PastTree {
  readonly hash: string;
  readonly epoch: number;
  readonly merkleRoot: string;
}

/** Hashes in one piece of memory. */
const chunkHashes = 4_096;
const hashBytes = 32;
/** Of so many trees one is kept; any other is grown from it again, at most so many leaves. */
const treesBetween = 256;

/**
 * The trees of a log as it grows, at any position of it: 32 bytes a commit, and a tree of log₂ n hashes
 * for every 256 of them.
 */
export class PastTrees {
  newest: MerkleFrontier;
  private readonly chunks: Uint8Array[] = [];
  private readonly kept: MerkleFrontier[];
  private readonly epochs: { readonly from: number; readonly epoch: number }[] = [];

  /** `before`: of the commits that are not seen, whose trees it does not know but for the last. */
  constructor(private readonly before: MerkleFrontier = emptyFrontier) {
    this.newest = before;
    this.kept = [before];
  }

  add(hash: string, epoch: number): void {
    const index = this.newest.size;
    this.put(index - this.before.size, hash);
    this.newest = withLeaf(this.newest, hash);
    if ((this.newest.size - this.before.size) % treesBetween === 0) this.kept.push(this.newest);
    if (this.epochs.at(-1)?.epoch !== epoch) this.epochs.push({ from: index + 1, epoch });
  }

  /** The tree of the first `position` commits; null: there are fewer, or they were not seen. */
  at(position: number): PastTree | null {
    const { size } = this.before;
    if (!(position > size && position <= this.newest.size)) return null;
    let tree = this.kept[Math.floor((position - size) / treesBetween)] ?? this.before;
    while (tree.size < position) tree = withLeaf(tree, this.hashAt(tree.size - size));
    const epoch = this.epochs.findLast(({ from }) => from <= position)?.epoch ?? 0;
    return { hash: this.hashAt(position - 1 - size), epoch, merkleRoot: rootOf(tree) };
  }

  private put(index: number, hash: string): void {
    const at = (index % chunkHashes) * hashBytes;
    let chunk = this.chunks[Math.floor(index / chunkHashes)];
    if (chunk === undefined) this.chunks.push((chunk = new Uint8Array(chunkHashes * hashBytes)));
    writeHex(hash, chunk, at);
  }

  private hashAt(index: number): string {
    const at = (index % chunkHashes) * hashBytes;
    const chunk = this.chunks[Math.floor(index / chunkHashes)] ?? new Uint8Array();
    return hexOf(chunk.subarray(at, at + hashBytes));
  }
}
