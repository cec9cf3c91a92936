import { sealsStream } from '../catalogue/streams.js';
import {
  decodeEvents,
  soundRecordsIn,
  type Commit,
  type EventRecord,
  type StoredEvent,
} from '../log/commit.js';
import type { Problem } from '../log/damage.js';
import { evidenceTypes } from '../log/plain-events.js';
import type { RuleId } from '../log/rules.js';
import { CatalogueTrail } from './catalogue-trail.js';
import { statedCheckpoint } from './checkpoint.js';
import type { KeyRing, SealVerdict } from './key-ring.js';
import { Manifests } from './manifests.js';
import { emptyFrontier, rootOf, withLeaf, type MerkleFrontier } from './merkle-tree.js';
import { openingProblem } from './opening.js';
import type { SealStatement } from './seal.js';
import { StampOrder } from './stamp-order.js';
import { Cosignatures, recentCheckpoints } from './stated-cosignature.js';

/** What a proof shows beside the range. */
export interface ProvedRange {
  readonly keys: KeyRing;
  /** All of stream `seals` in the tree, and the first commit. */
  readonly exhibits: readonly Commit[];
  /** The tree of all commits before the range. */
  readonly before: MerkleFrontier;
}

/**
 * What comes of the order of commits, of those of a bundle: as in a ledger, as far as one can be told who
 * does not see what was before. `proved`: null without a proof; then nothing is known of keys either.
 */
export class RangeRules {
  private readonly ids = new Set<string>();
  private readonly manifests = new Manifests();
  private readonly catalogues: CatalogueTrail;
  private readonly trees = new Map<number, { commit: Commit; tree: MerkleFrontier }>();
  private readonly keyEvents: readonly number[];
  private readonly cosignatures = new Cosignatures();
  private readonly stamps = new StampOrder();
  /** What the checkpoints of the range seal. */
  private readonly stated: number[] = [];
  private tree: MerkleFrontier | null;
  private epoch: number | null;

  constructor(
    private readonly from: number,
    private readonly proved: ProvedRange | null,
  ) {
    const exhibits = proved?.exhibits ?? [];
    this.catalogues = new CatalogueTrail(from === 1 || proved !== null);
    for (const commit of exhibits) {
      if (commit.position < from) this.catalogues.take(commit, soundRecordsIn(commit));
    }
    this.keyEvents = exhibits.flatMap(decodeEvents).flatMap(({ stream, position }) => {
      const name: string = stream;
      return name === sealsStream ? [position] : [];
    });
    this.tree = proved?.before ?? (from === 1 ? emptyFrontier : null);
    this.epoch = from === 1 ? 0 : null;
  }

  /** The next commit, sound by itself and in its place. */
  take(commit: Commit): Problem | null {
    const records = soundRecordsIn(commit);
    const { commitId, epoch, position } = commit;
    if (this.ids.has(commitId)) return broken('C10', `commitId ${commitId} was another commit's`);
    this.ids.add(commitId);
    // The epoch before the range is not shown: it may begin here.
    const isOpening =
      position === 1 ||
      (this.epoch === null ? records[0]?.type === 'EpochOpened' : epoch > this.epoch);
    this.epoch = epoch;
    const problem =
      openingProblem(commit, records, isOpening) ??
      this.catalogues.take(commit, records) ??
      this.evidenceProblem(commit, records);
    if (this.tree === null) return problem;
    this.tree = withLeaf(this.tree, commit.hash);
    this.trees.set(position, { commit, tree: this.tree });
    return problem;
  }

  private evidenceProblem(commit: Commit, records: readonly EventRecord[]): Problem | null {
    if (!records.some(({ type }) => evidenceTypes.has(type))) return null;
    for (const event of decodeEvents(commit)) {
      const problem = this.eventProblem(event);
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
      case 'LedgerSealed': {
        if (event.by !== undefined) return broken('K5', 'it is a seal of format 1 in format 2');
        const { fingerprint, signature, ...stated } = event.data;
        const signed = { fingerprint, signature };
        const verdict = this.proved?.keys.sealVerdict(stated, signed, event) ?? null;
        return this.statementProblem(stated, event, verdict);
      }
      default:
        return null;
    }
  }

  /** Whether it may speak of a checkpoint that lies before the range, which seals what is before that again. */
  private isUnshown({ position }: { readonly position: number }): boolean {
    if (this.stated.length >= recentCheckpoints || this.stated.includes(position)) return false;
    return position >= 1 && position < this.from - 1;
  }

  private checkpointProblem(
    event: Extract<StoredEvent, { type: 'CheckpointSigned' }>,
  ): Problem | null {
    if (event.by === undefined) return broken('K5', 'it is a checkpoint in a commit of format 1');
    const stated = statedCheckpoint(event.data.note);
    if ('rule' in stated) return stated;
    const { checkpoint, note } = stated;
    const { position, keyEvents } = checkpoint;
    const shown = this.keyEvents.filter((at) => at <= position).length;
    if (this.proved !== null && keyEvents !== shown) {
      return broken('S2', `it counts ${keyEvents} events of stream ${sealsStream}, not ${shown}`);
    }
    const verdict = this.proved?.keys.checkpointVerdict(checkpoint, note, event) ?? null;
    this.stated.push(position);
    this.cosignatures.stated(position, note);
    this.stamps.stated(position);
    return this.statementProblem(checkpoint, event, verdict);
  }

  /** Of a commit before the range neither hash nor epoch is shown, nor the tree. */
  private statementProblem(
    { clusterId, position, hash, merkleRoot, epoch }: SealStatement,
    { position: at }: StoredEvent,
    verdict: SealVerdict | null,
  ): Problem | null {
    if (position < 1 || position >= at) {
      return broken('S2', `it seals position ${position}, which is not before it`);
    }
    if (this.proved !== null && clusterId !== this.proved.keys.clusterId) {
      return broken('S2', `it seals a history of cluster ${clusterId}`);
    }
    const shown = this.trees.get(position);
    const isOther =
      shown !== undefined &&
      (hash !== shown.commit.hash ||
        epoch !== shown.commit.epoch ||
        merkleRoot !== rootOf(shown.tree));
    if (isOther) return broken('S2', `it seals another history than the one up to ${position}`);
    return verdict === 'invalid' ? broken('S3', 'the key that it names did not sign it') : null;
  }
}

function broken(rule: RuleId, detail: string): Problem {
  return { rule, detail };
}
