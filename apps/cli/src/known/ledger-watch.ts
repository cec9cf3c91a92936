import {
  decodeEvents,
  readCheckpoint,
  checkpointsStream,
  type Checkpoint,
  type Commit,
} from '@oakring/events';
import { readKept, wordsOf, type Judgement } from './judge.js';
import type { KnownCheckpoints } from './known-checkpoints.js';

/** A checkpoint that somebody kept, and how it is called. */
export interface Known {
  readonly checkpoint: Checkpoint;
  readonly source: string;
}

export interface KnownVerdict {
  readonly judgement: Judgement;
  readonly words: string;
}

/**
 * Holds a ledger, as its commits pass by, to checkpoints that were kept outside of it. The hash of a commit
 * stands for all before it: the one at a checkpoint's position is compared with the line that names it.
 */
export class LedgerWatch {
  private readonly hashes = new Map<number, string>();
  private clusterId = '';
  private size = 0;
  private newest: { readonly position: number; readonly note: string } | null = null;
  private remembered: Known | null = null;

  constructor(
    private readonly given: Known | null,
    private readonly known: KnownCheckpoints | null,
  ) {}

  take(commit: Commit): void {
    const { position } = commit;
    if (position === 1) this.begin(commit);
    this.size = position;
    for (const { checkpoint } of this.kept()) {
      if (checkpoint.position === position) this.hashes.set(position, commit.hash);
    }
    if (!commit.streams.includes(checkpointsStream)) return;
    for (const event of decodeEvents(commit)) {
      if (event.type !== 'CheckpointSigned') continue;
      const { note } = event.data;
      const read = readCheckpoint(note);
      if (read.status === 'checkpoint') {
        this.newest = { position: read.checkpoint.position, note };
      }
    }
  }

  /** Of each kept checkpoint, the one that was given first. */
  verdicts(): readonly KnownVerdict[] {
    return this.kept().map(({ checkpoint, source }) => {
      const judgement = this.judgementOn(checkpoint);
      return { judgement, words: wordsOf(judgement, checkpoint, source) };
    });
  }

  /** Keeps the newest checkpoint of a ledger that was found whole, sealed by a key that counts to `sealedTo`. */
  async remember(sealedTo: number): Promise<void> {
    const { newest } = this;
    if (newest === null || newest.position > sealedTo) return;
    if (newest.position <= (this.remembered?.checkpoint.position ?? 0)) return;
    await this.known?.keep(this.clusterId, newest.note);
  }

  private begin(commit: Commit): void {
    for (const event of decodeEvents(commit)) {
      if (event.type === 'ClusterFounded') this.clusterId = event.data.clusterId;
    }
    const checkpoint = readKept(this.known?.read(this.clusterId) ?? null, this.clusterId);
    if (checkpoint !== null) this.remembered = { checkpoint, source: 'a checkpoint seen before' };
  }

  private kept(): readonly Known[] {
    return [this.given, this.remembered].filter((known) => known !== null);
  }

  private judgementOn({ clusterId, position, hash, merkleRoot }: Checkpoint): Judgement {
    if (clusterId !== this.clusterId) {
      return { status: 'other-cluster', clusterId: this.clusterId };
    }
    if (position > this.size) return { status: 'rolled-back', size: this.size };
    if (this.hashes.get(position) !== hash) return { status: 'forked' };
    return { status: 'continues', size: position, merkleRoot };
  }
}
