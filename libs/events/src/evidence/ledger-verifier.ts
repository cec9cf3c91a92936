import { eventProblem, type EventData } from '../catalogue/catalogue.js';
import { canonicalJson } from '../text/canonical-json.js';
import {
  decodeEvents,
  emptyHead,
  type Commit,
  type LogHead,
  type StoredEvent,
} from '../log/commit.js';
import type { Damage, DamageKind } from '../log/damage.js';
import { chainVerifier } from '../log/verify-chain.js';
import { evidenceReach, readCheckpoint } from './checkpoint.js';
import { KeyRing, type KnownKey, type SealVerdict } from './key-ring.js';
import { emptyFrontier, rootOf, withLeaf, type MerkleFrontier } from './merkle-tree.js';
import type { SealStatement } from './seal.js';

/** What an audit of a whole log found. */
export interface LedgerReport {
  readonly head: LogHead;
  readonly merkleRoot: string;
  readonly events: number;
  readonly epochs: number;
  readonly seals: number;
  /** Sealed by a key that counts, up to here; 0: by none. */
  readonly sealedTo: number;
  readonly manifests: number;
  readonly keys: readonly KnownKey[];
  /** Nothing is damaged, and yet somebody should look. */
  readonly warnings: readonly string[];
}

export interface LedgerVerifier {
  /** The next commit from position 1 on; what is wrong with it, or null. */
  next(commit: Commit): Damage | null;
  report(): LedgerReport;
}

/** What was at a position, for the evidence that speaks of it. */
interface Remembered {
  readonly hash: string;
  readonly epoch: number;
  readonly tree: MerkleFrontier;
}

/**
 * Checks a log from its first commit, one commit at a time, in bounded memory: density, chain, times,
 * epochs and who opened them, stream versions, schemas, manifests of dropped telemetry, keys, seals.
 */
export function ledgerVerifier({ trust }: { readonly trust: string | null }): LedgerVerifier {
  return new Verifier(trust);
}

class Verifier implements LedgerVerifier {
  private readonly chain = chainVerifier(emptyHead);
  private readonly keys: KeyRing;
  private readonly trees = new Map<number, Remembered>();
  private readonly manifestTexts = new Map<string, string>();
  private readonly unendorsed = new Map<string, number>();
  private tree = emptyFrontier;
  private events = 0;
  private epochs = 0;
  private seals = 0;
  private sealedTo = 0;

  constructor(trust: string | null) {
    this.keys = new KeyRing(trust, (tree) => this.treeProblem(tree));
  }

  next(commit: Commit): Damage | null {
    const epochBefore = this.chain.head.epoch;
    const damage = this.chain.next(commit);
    if (damage !== null) return damage;
    const problem = this.contentProblem(commit, epochBefore);
    if (problem !== null) return { position: commit.position, ...problem };
    this.tree = withLeaf(this.tree, commit.hash);
    const { hash, epoch } = commit;
    this.trees.set(commit.position, { hash, epoch, tree: this.tree });
    this.trees.delete(commit.position - evidenceReach);
    return null;
  }

  report(): LedgerReport {
    return {
      head: this.chain.head,
      merkleRoot: rootOf(this.tree),
      events: this.events,
      epochs: this.epochs,
      seals: this.seals,
      sealedTo: this.sealedTo,
      manifests: this.manifestTexts.size,
      keys: this.keys.list(),
      warnings: this.warnings(),
    };
  }

  private contentProblem(commit: Commit, epochBefore: number): Problem | null {
    let events: StoredEvent[];
    try {
      events = decodeEvents(commit);
    } catch (error) {
      return { kind: 'events', detail: error instanceof Error ? error.message : String(error) };
    }
    this.events += events.length;
    const opened = events.find((event) => event.type === 'EpochOpened');
    if (commit.epoch > epochBefore) {
      this.epochs += 1;
      if (opened?.data.epoch !== commit.epoch) {
        return { kind: 'epoch', detail: `nobody opened epoch ${commit.epoch}` };
      }
    } else if (opened !== undefined) {
      return { kind: 'epoch', detail: `epoch ${opened.data.epoch} is opened twice` };
    }
    for (const event of events) {
      const problem = this.eventProblem(event);
      if (problem !== null) return problem;
    }
    return null;
  }

  private eventProblem(event: StoredEvent): Problem | null {
    const schemaProblem = eventProblem(event.type, event.data);
    if (schemaProblem !== null) return { kind: 'events', detail: schemaProblem };
    const keyProblem = this.keys.take(event);
    if (keyProblem !== null) return { kind: 'seal', detail: keyProblem };
    switch (event.type) {
      case 'TelemetryTruncated':
        return this.manifestProblem(event.data);
      case 'CheckpointSigned':
        return this.checkpointProblem(event);
      case 'LedgerSealed':
        return this.sealProblem(event);
      default:
        return null;
    }
  }

  private checkpointProblem(event: EventOf<'CheckpointSigned'>): Problem | null {
    const read = readCheckpoint(event.data.note);
    if (read.status === 'refused') return sealProblem(`it is no checkpoint: ${read.reason}`);
    const { checkpoint, note } = read;
    if (note.signatures.length !== 1) return sealProblem('it is signed by others than the log');
    const { position, epoch, fingerprint } = checkpoint;
    const sealed = this.trees.get(position);
    if (sealed !== undefined && sealed.epoch !== epoch) {
      return sealProblem(`it says that position ${position} is of epoch ${epoch}`);
    }
    const verdict = this.keys.checkpointVerdict(checkpoint, note, event);
    return this.statementProblem(checkpoint, fingerprint, verdict);
  }

  private sealProblem(event: EventOf<'LedgerSealed'>): Problem | null {
    const { fingerprint, signature, ...statement } = event.data;
    const verdict = this.keys.sealVerdict(statement, { fingerprint, signature }, event);
    return this.statementProblem(statement, fingerprint, verdict);
  }

  private statementProblem(
    { clusterId, position, hash, merkleRoot }: SealStatement,
    fingerprint: string,
    verdict: SealVerdict,
  ): Problem | null {
    const sealed = this.trees.get(position);
    if (sealed === undefined) return sealProblem(`it seals position ${position}, out of reach`);
    if (hash !== sealed.hash || clusterId !== this.keys.clusterId) {
      return sealProblem(`it seals another history than the one up to ${position}`);
    }
    if (merkleRoot !== rootOf(sealed.tree)) {
      return sealProblem(`its Merkle root is not the one of positions 1–${position}`);
    }
    this.seals += 1;
    switch (verdict) {
      case 'invalid':
        return sealProblem(`key ${fingerprint} did not sign it`);
      case 'unendorsed':
        this.unendorsed.set(fingerprint, (this.unendorsed.get(fingerprint) ?? 0) + 1);
        return null;
      case 'counts':
        this.sealedTo = Math.max(this.sealedTo, position);
        return null;
    }
  }

  private treeProblem(tree: { position: number; merkleRoot: string }): string | null {
    const known = this.trees.get(tree.position);
    if (known === undefined) return `it names a tree of ${tree.position} commits, out of reach`;
    if (rootOf(known.tree) === tree.merkleRoot) return null;
    return `the tree of ${tree.position} commits that it names is not of this ledger`;
  }

  private manifestProblem(data: EventData<'TelemetryTruncated'>): Problem | null {
    const text = canonicalJson(data);
    const before = this.manifestTexts.get(data.segment);
    this.manifestTexts.set(data.segment, text);
    if (data.firstBatch > data.lastBatch || (before !== undefined && before !== text)) {
      return { kind: 'manifest', detail: `segment ${data.segment} has contradicting manifests` };
    }
    return null;
  }

  private warnings(): string[] {
    return [...this.unendorsed].map(
      ([fingerprint, count]) =>
        `${count} seal${count === 1 ? '' : 's'} by key ${fingerprint} where it did not count: no key that counts had endorsed it, or one had revoked it`,
    );
  }
}

interface Problem {
  readonly kind: DamageKind;
  readonly detail: string;
}

type EventOf<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

function sealProblem(detail: string): Problem {
  return { kind: 'seal', detail };
}
