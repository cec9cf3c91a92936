import { sealsStream } from '../catalogue/streams.js';
import { textOfItsOwn } from '../text/own-text.js';
import {
  decodeEvents,
  emptyHead,
  soundRecordsIn,
  type Commit,
  type EventHead,
  type LogHead,
  type StoredEvent,
} from '../log/commit.js';
import { soundEvents } from '../log/commit-problem.js';
import { damageAt, type Damage, type Problem } from '../log/damage.js';
import { evidenceTypes } from '../log/plain-events.js';
import { idReach, type RuleId } from '../log/rules.js';
import { linkVerifier } from '../log/verify-chain.js';
import { CatalogueTrail } from './catalogue-trail.js';
import { statedCheckpoint } from './checkpoint.js';
import { KeyRing, type KnownKey, type SealVerdict } from './key-ring.js';
import type { LedgerStart } from './ledger-start.js';
import { Manifests } from './manifests.js';
import { rootOf } from './merkle-tree.js';
import { openingProblem } from './opening.js';
import { PastTrees } from './past-trees.js';
import type { SealStatement } from './seal.js';
import { StampOrder } from './stamp-order.js';
import { standingOf, type Standing } from './standing.js';
import { Cosignatures, type Cosigned } from './stated-cosignature.js';

/** What an audit of a whole log found. */
export interface LedgerReport {
  readonly head: LogHead;
  readonly merkleRoot: string;
  readonly events: number;
  readonly epochs: number;
  readonly seals: number;
  /** Sealed by a key that counts, up to here; 0: by none. */
  readonly sealedTo: number;
  readonly standing: Standing;
  /** The newest position with anything but statements about checkpoints. */
  readonly newsAt: number;
  /** Which witnesses saw it, and up to where. */
  readonly cosigned: readonly Cosigned[];
  /** Fingerprint of the key from which the others count; null: it is not in this ledger. */
  readonly root: string | null;
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

/**
 * Checks a log from its first commit, one commit at a time, by every rule of docs/ledger-format.md that
 * does not speak of a store or a bundle. Keeps 32 bytes a commit, the version of each stream, and the ids
 * of the newest commits.
 */
export function ledgerVerifier({ trust, start = null }: Trusted): LedgerVerifier {
  return new Verifier(trust, start);
}

interface Trusted {
  readonly trust: string | null;
  /**
   * The commits that come are those behind it. As of the range of a bundle: what only those before it could show
   * (versions of streams, manifests, ids, what an older checkpoint states) is not looked at. Null: from the first.
   */
  readonly start?: LedgerStart | null;
}

class Verifier implements LedgerVerifier {
  private readonly links: ReturnType<typeof linkVerifier>;
  private readonly keys: KeyRing;
  private readonly catalogues = new CatalogueTrail();
  private readonly trees: PastTrees;
  private readonly cosignatures = new Cosignatures();
  private readonly stamps = new StampOrder();
  private readonly ids = new Set<string>();
  /** The same, by position modulo their number: a set that is asked for its oldest looks for it. */
  private readonly newestIds: string[] = [];
  private readonly manifests = new Manifests();
  private readonly unendorsed = new Map<string, number>();
  /** Positions of all events of stream `seals`. */
  private readonly keyEvents: number[];
  /** Sizes that checkpoints have stated so far. */
  private readonly stated = new Set<number>();
  private events = 0;
  private epochs = 0;
  private seals = 0;
  private sealedTo = 0;
  /** The newest position with anything but statements about checkpoints that prove themselves. */
  private newsAt = 0;
  /** Of the newest checkpoint or seal by a key that does not count there. */
  private doubtfulAt = 0;

  constructor(
    trust: string | null,
    private readonly start: LedgerStart | null,
  ) {
    const checkTree = (tree: { position: number; merkleRoot: string }) => this.treeProblem(tree);
    this.links = linkVerifier(start?.head ?? emptyHead, start?.format);
    this.trees = new PastTrees(start?.tree);
    this.keys = start?.keys(checkTree) ?? new KeyRing(trust, checkTree);
    this.keyEvents = [...(start?.keyEvents ?? [])];
    for (const commit of start?.exhibits ?? []) {
      this.catalogues.take(commit, soundRecordsIn(commit));
    }
    this.sealedTo = start?.head.position ?? 0;
    this.newsAt = this.sealedTo;
  }

  next(commit: Commit): Damage | null {
    const misplaced = this.links.problemOf(commit);
    if (misplaced !== null) return damageAt(commit.position, misplaced.rule, misplaced.detail);
    const events = soundEvents(commit);
    if ('rule' in events) return events;
    const problem = this.follow(commit, events);
    return problem === null ? null : damageAt(commit.position, problem.rule, problem.detail);
  }

  report(): LedgerReport {
    const { sealedTo, newsAt } = this;
    return {
      head: this.links.head,
      merkleRoot: rootOf(this.trees.newest),
      events: this.events,
      epochs: this.epochs,
      seals: this.seals,
      sealedTo,
      standing: standingOf(sealedTo, newsAt),
      newsAt,
      cosigned: this.cosignatures.list(),
      root: this.keys.root,
      manifests: this.manifests.count,
      keys: this.keys.list(),
      warnings: this.warnings(),
    };
  }

  /** What comes of the order: of a commit that is sound by itself, and in its place. */
  private follow(commit: Commit, records: readonly EventHead[]): Problem | null {
    const { position, epoch } = commit;
    const isOpening = epoch > this.links.head.epoch || position === 1;
    const problem =
      this.links.take(commit, records) ??
      this.idProblem(commit) ??
      openingProblem(commit, records, isOpening) ??
      this.catalogues.take(commit, records) ??
      this.evidenceProblem(commit, records);
    if (problem !== null) return problem;
    this.events += records.length;
    if (isOpening) this.epochs += 1;
    const isQuiet = commit.commands.length === 0 && this.doubtfulAt !== position;
    if (!isQuiet || !records.every(({ type }) => isOfCheckpoints(type))) this.newsAt = position;
    this.trees.add(commit.hash, epoch);
    return null;
  }

  private idProblem({ commitId, position }: Commit): Problem | null {
    if (this.ids.has(commitId)) return broken('C10', `commitId ${commitId} was another commit's`);
    const place = position % idReach;
    const oldest = this.newestIds[place];
    if (oldest !== undefined) this.ids.delete(oldest);
    const id = textOfItsOwn(commitId);
    this.newestIds[place] = id;
    this.ids.add(id);
    return null;
  }

  private evidenceProblem(commit: Commit, records: readonly EventHead[]): Problem | null {
    if (!records.some(({ type }) => evidenceTypes.has(type))) return null;
    for (const event of decodeEvents(commit)) {
      const { stream }: { stream: string } = event;
      if (stream === sealsStream) this.keyEvents.push(event.position);
      const problem = this.keys.take(event) ?? this.eventProblem(event);
      if (problem !== null) return problem;
    }
    return null;
  }

  private eventProblem(event: StoredEvent): Problem | null {
    switch (event.type) {
      case 'TelemetryTruncated':
        return this.manifests.take(event.data);
      case 'CheckpointSigned':
        return this.checkpointProblem(event);
      case 'CheckpointCosigned':
        return this.isUnshown(event.data) ? null : this.cosignatures.take(event.data);
      case 'CheckpointStamped':
        return this.isUnshown(event.data)
          ? this.stamps.takeUnshown(event.data)
          : this.stamps.take(event.data);
      case 'LedgerSealed':
        return this.sealProblem(event);
      default:
        return null;
    }
  }

  /** It may speak of a checkpoint that was stated before the start. */
  private isUnshown({ position }: { readonly position: number }): boolean {
    const known = this.start?.head.position ?? 0;
    return position >= 1 && position <= known && !this.stated.has(position);
  }

  private checkpointProblem(event: EventOf<'CheckpointSigned'>): Problem | null {
    const stated = statedCheckpoint(event.data.note);
    if ('rule' in stated) return stated;
    const { checkpoint, note } = stated;
    const { position, keyEvents } = checkpoint;
    if (keyEvents !== this.keyEventsAt(position)) {
      return broken('S2', `it counts ${keyEvents} events of stream ${sealsStream}`);
    }
    const verdict = this.keys.checkpointVerdict(checkpoint, note, event);
    this.stated.add(position);
    this.cosignatures.stated(position, note);
    this.stamps.stated(position);
    if (verdict === 'unendorsed') this.doubtfulAt = event.position;
    return this.statementProblem(checkpoint, checkpoint.fingerprint, verdict);
  }

  private sealProblem(event: EventOf<'LedgerSealed'>): Problem | null {
    const { fingerprint, signature, ...statement } = event.data;
    const verdict = this.keys.sealVerdict(statement, { fingerprint, signature }, event);
    if (verdict === 'unendorsed') this.doubtfulAt = event.position;
    return this.statementProblem(statement, fingerprint, verdict);
  }

  private statementProblem(
    { clusterId, position, hash, merkleRoot, epoch }: SealStatement,
    fingerprint: string,
    verdict: SealVerdict,
  ): Problem | null {
    const sealed = this.treeAt(position);
    if (sealed === 'unseen') return this.signed(fingerprint, verdict, 0);
    if (sealed === null)
      return broken('S2', `it seals position ${position}, which is not before it`);
    if (hash !== sealed.hash || clusterId !== this.keys.clusterId) {
      return broken('S2', `it seals another history than the one up to ${position}`);
    }
    if (epoch !== sealed.epoch) {
      return broken('S2', `it says that position ${position} is of epoch ${epoch}`);
    }
    if (merkleRoot !== sealed.merkleRoot) {
      return broken('S2', `its Merkle root is not the one of positions 1–${position}`);
    }
    return this.signed(fingerprint, verdict, position);
  }

  /** The tree of the first `position` commits, as far as it is known. */
  private treeAt(position: number): ReturnType<PastTrees['at']> | 'unseen' {
    const { head, tree } = this.start ?? {};
    if (head === undefined || tree === undefined || position > head.position) {
      return this.trees.at(position);
    }
    if (position < head.position) return position < 1 ? null : 'unseen';
    return { hash: head.hash, epoch: head.epoch, merkleRoot: rootOf(tree) };
  }

  private signed(fingerprint: string, verdict: SealVerdict, position: number): Problem | null {
    this.seals += 1;
    switch (verdict) {
      case 'invalid':
        return broken('S3', `key ${fingerprint} did not sign it`);
      case 'unendorsed':
        this.unendorsed.set(fingerprint, (this.unendorsed.get(fingerprint) ?? 0) + 1);
        return null;
      case 'counts':
        this.sealedTo = Math.max(this.sealedTo, position);
        return null;
    }
  }

  /** How many events stream `seals` had then. */
  private keyEventsAt(position: number): number {
    return this.keyEvents.filter((at) => at <= position).length;
  }

  private treeProblem(tree: { position: number; merkleRoot: string }): string | null {
    const known = this.treeAt(tree.position);
    if (known === 'unseen' || known?.merkleRoot === tree.merkleRoot) return null;
    return `the tree of ${tree.position} commits that it names is not of this ledger`;
  }

  private warnings(): string[] {
    const unendorsed = Array.from(
      this.unendorsed,
      ([fingerprint, count]) =>
        `${count} seal${count === 1 ? '' : 's'} by key ${fingerprint} where it did not count: no key that counts had endorsed it, or one had revoked it`,
    );
    return [...unendorsed, ...this.keys.warnings(), ...this.catalogues.warnings()];
  }
}

type EventOf<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

/** Nobody has to seal what is said about seals only: an idle ledger comes to rest. */
function isOfCheckpoints(type: string): boolean {
  return type === 'LedgerSealed' || type.startsWith('Checkpoint');
}

function broken(rule: RuleId, detail: string): Problem {
  return { rule, detail };
}
