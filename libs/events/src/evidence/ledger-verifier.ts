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
import { KeyRing, type KnownKey } from './key-ring.js';
import { emptyFrontier, rootOf, withLeaf, type MerkleFrontier } from './merkle-tree.js';

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

/** Seals speak of a position that lies a few commits back; older ones are not remembered. */
const remembered = 50_000;

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
  private readonly trees = new Map<number, { hash: string; tree: MerkleFrontier }>();
  private readonly manifestTexts = new Map<string, string>();
  private readonly unendorsed = new Map<string, number>();
  private tree = emptyFrontier;
  private clusterId = '';
  private events = 0;
  private epochs = 0;
  private seals = 0;
  private sealedTo = 0;

  constructor(trust: string | null) {
    this.keys = new KeyRing(() => this.clusterId, trust);
  }

  next(commit: Commit): Damage | null {
    const { epoch } = this.chain.head;
    const damage = this.chain.next(commit);
    if (damage !== null) return damage;
    const problem = this.contentProblem(commit, epoch);
    if (problem !== null) return { position: commit.position, ...problem };
    this.tree = withLeaf(this.tree, commit.hash);
    this.trees.set(commit.position, { hash: commit.hash, tree: this.tree });
    this.trees.delete(commit.position - remembered);
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
    if (event.type === 'ClusterFounded') this.clusterId = event.data.clusterId;
    if (event.type === 'TelemetryTruncated') return this.manifestProblem(event.data);
    if (event.type === 'LedgerSealed') return this.sealProblem(event.data);
    const keyProblem = this.keys.take(event);
    return keyProblem === null ? null : { kind: 'seal', detail: keyProblem };
  }

  private sealProblem(data: EventData<'LedgerSealed'>): Problem | null {
    const { fingerprint, signature, ...statement } = data;
    const sealed = this.trees.get(statement.position);
    const wrong = (detail: string): Problem => ({ kind: 'seal', detail });
    if (sealed === undefined) return wrong(`it seals position ${statement.position}, out of reach`);
    if (statement.hash !== sealed.hash || statement.clusterId !== this.clusterId) {
      return wrong(`it seals another history than the one up to ${statement.position}`);
    }
    if (statement.merkleRoot !== rootOf(sealed.tree)) {
      return wrong(`its Merkle root is not the one of positions 1–${statement.position}`);
    }
    this.seals += 1;
    switch (this.keys.sealVerdict(statement, fingerprint, signature)) {
      case 'invalid':
        return wrong(`key ${fingerprint} did not sign it`);
      case 'unendorsed':
        this.unendorsed.set(fingerprint, (this.unendorsed.get(fingerprint) ?? 0) + 1);
        return null;
      case 'counts':
        this.sealedTo = statement.position;
        return null;
    }
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
        `${count} seal${count === 1 ? '' : 's'} by key ${fingerprint}, which no key that counts has endorsed`,
    );
  }
}

interface Problem {
  readonly kind: DamageKind;
  readonly detail: string;
}
