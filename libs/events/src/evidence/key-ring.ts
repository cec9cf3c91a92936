import { ed25519BytesOf, fingerprintOf } from '@oakring/crypto';
import type { EventData } from '../catalogue/catalogue.js';
import { checkpointsStream, clusterStream, sealsStream } from '../catalogue/streams.js';
import type { StoredEvent } from '../log/commit.js';
import type { Problem } from '../log/damage.js';
import { isBefore, type Place } from '../log/origin.js';
import type { RuleId } from '../log/rules.js';
import { isCheckpointSigned, type Checkpoint } from './checkpoint.js';
import type { SignedNote } from './signed-note.js';
import { isSignedBy, type SealStatement } from './seal.js';

export interface KnownKey {
  readonly fingerprint: string;
  readonly publicKey: string | null;
  readonly status: 'presented' | 'counts' | 'revoked';
  /** Positions of the events from which it counted, and to which; null: to the end of what was seen. */
  readonly counted: readonly { readonly from: number; readonly to: number | null }[];
}

/** What a seal proves: it is sound and its key counts, or only that somebody signed. */
export type SealVerdict = 'counts' | 'unendorsed' | 'invalid';

/** What is wrong with a tree that somebody says to have seen, as a sentence; null: nothing. */
export type TreeCheck = (tree: Tree) => string | null;

interface Tree {
  readonly position: number;
  readonly merkleRoot: string;
}

interface Key {
  readonly publicKey: string | null;
  /** Where it was first presented. */
  readonly presented: Place | null;
  readonly status: KnownKey['status'];
  /** It counts after `from` and before `to`; null: to this day. */
  readonly spans: readonly { readonly from: Place; readonly to: Place | null }[];
  /** Size of the tree of the last verdict about it; 0 before any. */
  readonly judgedAt: number;
}

type Verdict = Extract<StoredEvent, { type: 'KeyEndorsed' | 'KeyRevoked' }>;

const nobody: Key = {
  ...{ publicKey: null, presented: null, status: 'presented', spans: [], judgedAt: 0 },
};

/**
 * Which keys count, and where, as the key events of a log have it. They are taken in the order of their
 * addresses (position, then index within the commit), wherever they were found; only that order matters.
 *
 * The founding key counts from where it is presented in commit 1; with `trust` instead only the key with
 * that fingerprint does, from where it is first presented. Any other counts from its endorsement to its
 * revocation, each by a key that counts at the address of that event; what a key says that does not count
 * there is passed over. **A seal or checkpoint counts if its key counts at the address of the event that
 * holds it**: not at the position that it speaks of, which is before that, and whatever becomes of the key
 * afterwards. An event is no evidence for what lies before it in its own commit.
 *
 * A verdict is final. A key is endorsed once, after it was presented; once revoked it never counts again;
 * and no verdict names a smaller tree than the verdict before. In commits of format 1 verdicts name no tree:
 * they keep the meaning that they had (the last one holds), and seals are `LedgerSealed`. In commits of
 * format 2 every verdict names one, and seals are checkpoints; there is no way back (verify-chain.ts).
 */
export class KeyRing {
  private readonly keys = new Map<string, Key>();
  /** Keys that count, or did, by words that are said for ever. */
  private readonly unplaced = new Set<string>();
  private cluster: string | null = null;
  private founder: string | null = null;
  private last: Place = { position: 0, index: -1 };
  private isNewer = false;

  constructor(
    /** Fingerprint of the only key that counts from the start; null: the founding key. */
    private readonly trust: string | null,
    private readonly checkTree: TreeCheck,
  ) {}

  /** Of `ClusterFounded` in commit 1; empty before it. */
  get clusterId(): string {
    return this.cluster ?? '';
  }

  list(): readonly KnownKey[] {
    return Array.from(this.keys, ([fingerprint, { publicKey, status, spans }]) => ({
      ...{ fingerprint, publicKey, status },
      counted: spans.map(({ from, to }) => ({
        ...{ from: from.position, to: to?.position ?? null },
      })),
    }));
  }

  /** The key from which the others count: the trusted one, or the founding key; null: it was not presented. */
  get root(): string | null {
    if (this.trust === null) return this.founder;
    return (this.keys.get(this.trust)?.publicKey ?? null) === null ? null : this.trust;
  }

  /** What a trusted key may have said about another history: format 1 does not tell. */
  warnings(): readonly string[] {
    if (this.trust === null) return [];
    return Array.from(
      this.unplaced,
      (fingerprint) =>
        `key ${fingerprint} counts by an endorsement of format 1, which names no tree: whoever has it can show it again in another ledger of this cluster, also after a revocation. A checkpoint that you know (--known) or a witness tells them apart`,
    );
  }

  /** Takes an event in; what is wrong with it, or null. Others than key events pass. */
  take(event: StoredEvent): Problem | null {
    const home = homeOf(event.type);
    if (home === null) return null;
    const { stream }: { stream: string } = event;
    if (stream !== home) {
      return broken('E8', `${event.type} is in stream ${stream} and belongs into ${home}`);
    }
    if (!isBefore(this.last, event)) {
      return broken('C5', `${event.type} is taken before what comes before it`);
    }
    this.last = { position: event.position, index: event.index };
    const problem = this.formProblem(event);
    if (problem !== null) return problem;
    switch (event.type) {
      case 'ClusterFounded':
        return this.found(event.data.clusterId, event.position);
      case 'KeyPresented':
        return this.present(event.data, event);
      case 'KeyEndorsed':
      case 'KeyRevoked':
        return this.judge(event);
      default:
        return null;
    }
  }

  /** What is said in commits of format 2 is said otherwise than before, and it stays so. */
  private formProblem(event: StoredEvent): Problem | null {
    const isNewer = event.by !== undefined;
    if (this.isNewer && !isNewer) {
      return broken('C9', `${event.type} of format 1 comes after one of format 2`);
    }
    this.isNewer = isNewer;
    switch (event.type) {
      case 'LedgerSealed':
        return isNewer ? broken('K5', 'it is a seal of format 1 in a commit of format 2') : null;
      case 'CheckpointSigned':
        return isNewer ? null : broken('K5', 'it is a checkpoint in a commit of format 1');
      case 'KeyEndorsed':
      case 'KeyRevoked':
        return isNewer === (treeOf(event) !== null)
          ? null
          : broken(
              'K5',
              `what is said about key ${event.data.fingerprint} names a tree in format 2, and in 1 none`,
            );
      default:
        return null;
    }
  }

  /** Whether the key counts for what is at this place. */
  countsAt(fingerprint: string, place: Place): boolean {
    const { spans } = this.keys.get(fingerprint) ?? nobody;
    return spans.some(
      ({ from, to }) => isBefore(from, place) && (to === null || isBefore(place, to)),
    );
  }

  /** Of a seal of schema 5 and before. `place`: of the event that holds it. */
  sealVerdict(
    statement: SealStatement,
    { fingerprint, signature }: { readonly fingerprint: string; readonly signature: string },
    place: Place,
  ): SealVerdict {
    return this.verdict(fingerprint, place, (publicKey) =>
      isSignedBy(statement, publicKey, signature),
    );
  }

  /** Of a checkpoint. `place`: of the event that holds it. */
  checkpointVerdict(
    { fingerprint }: Pick<Checkpoint, 'fingerprint'>,
    note: SignedNote,
    place: Place,
  ): SealVerdict {
    return this.verdict(fingerprint, place, (publicKey) =>
      isCheckpointSigned(note, this.clusterId, publicKey),
    );
  }

  private verdict(
    fingerprint: string,
    place: Place,
    isSigned: (publicKey: string) => boolean,
  ): SealVerdict {
    const { publicKey, presented } = this.keys.get(fingerprint) ?? nobody;
    // A bundle has all of them before it judges any: also those that were presented later.
    if (publicKey === null || presented === null || !isBefore(presented, place)) return 'invalid';
    if (!isSigned(publicKey)) return 'invalid';
    return this.countsAt(fingerprint, place) ? 'counts' : 'unendorsed';
  }

  private found(clusterId: string, position: number): Problem | null {
    if (position !== 1 || this.cluster !== null) {
      return broken('O1', 'a cluster is founded a second time');
    }
    this.cluster = clusterId;
    return null;
  }

  private present(
    { fingerprint, publicKey, founding }: EventData<'KeyPresented'>,
    { position, index }: Place,
  ): Problem | null {
    if (ed25519BytesOf(publicKey) === null || fingerprintOf(publicKey) !== fingerprint) {
      return broken('K1', `the key that is presented does not have the fingerprint ${fingerprint}`);
    }
    if (founding && position !== 1) {
      return broken('K2', 'a founding key is presented after the founding');
    }
    if (founding && (this.founder ?? fingerprint) !== fingerprint) {
      return broken('K2', 'a second founding key is presented');
    }
    if (founding) this.founder = fingerprint;
    const known = this.keys.get(fingerprint) ?? nobody;
    if (known.publicKey !== null) return null;
    const isRoot = this.trust === null ? founding : fingerprint === this.trust;
    this.keys.set(fingerprint, { ...known, publicKey, presented: { position, index } });
    if (isRoot && known.status === 'presented') this.begin(fingerprint, { position, index });
    return null;
  }

  private judge(event: Verdict): Problem | null {
    const { fingerprint, by, signature } = event.data;
    const tree = treeOf(event);
    const verdict = event.type === 'KeyEndorsed' ? 'endorsed' : 'revoked';
    const judge = this.keys.get(by)?.publicKey ?? null;
    if (judge === null) {
      const detail = `key ${fingerprint} is ${verdict} by ${by}, which was never presented`;
      return broken('K3', detail);
    }
    const unplaced = { clusterId: this.clusterId, verdict, fingerprint } as const;
    if (!isSignedBy(tree === null ? unplaced : { ...unplaced, ...tree }, judge, signature)) {
      return broken('K4', `key ${by} did not sign that ${fingerprint} is ${verdict}`);
    }
    const counts = this.countsAt(by, event);
    const problem = tree === null ? null : this.placedProblem(event, tree, counts);
    if (problem !== null) return problem;
    if (!counts) return null;
    this.end(fingerprint, event);
    if (verdict === 'endorsed') this.begin(fingerprint, event);
    if (verdict === 'endorsed' && tree === null) this.unplaced.add(fingerprint);
    const known = this.keys.get(fingerprint) ?? nobody;
    this.keys.set(fingerprint, { ...known, judgedAt: tree?.position ?? 0 });
    return null;
  }

  /** `counts`: the one who says so does. Of what is passed over only the tree is looked at. */
  private placedProblem(
    { type, position: at, data: { fingerprint } }: Verdict,
    tree: Tree,
    counts: boolean,
  ): Problem | null {
    if (tree.position < 1 || tree.position >= at) {
      const detail = `it names a tree of ${tree.position} commits, which is not before it`;
      return broken('K6', detail);
    }
    const unknown = this.checkTree(tree);
    if (unknown !== null) return broken('K6', unknown);
    const detail = counts ? this.finalProblem(type, fingerprint, tree) : null;
    return detail === null ? null : broken('K7', detail);
  }

  private finalProblem(type: Verdict['type'], fingerprint: string, tree: Tree): string | null {
    const { status, publicKey, judgedAt } = this.keys.get(fingerprint) ?? nobody;
    if (status === 'revoked') return `key ${fingerprint} was revoked, which is final`;
    if (type === 'KeyEndorsed' && publicKey === null) {
      return `key ${fingerprint} is endorsed and was never presented`;
    }
    if (type === 'KeyEndorsed' && status === 'counts') return `key ${fingerprint} counts already`;
    if (tree.position >= judgedAt) return null;
    return `it names a tree of ${tree.position} commits; the last verdict on the key named ${judgedAt}`;
  }

  private begin(fingerprint: string, { position, index }: Place): void {
    const known = this.keys.get(fingerprint) ?? nobody;
    const spans = [...known.spans, { from: { position, index }, to: null }];
    this.keys.set(fingerprint, { ...known, status: 'counts', spans });
  }

  private end(fingerprint: string, { position, index }: Place): void {
    const known = this.keys.get(fingerprint) ?? nobody;
    const to = { position, index };
    const spans = known.spans.map((span) => (span.to === null ? { ...span, to } : span));
    this.keys.set(fingerprint, { ...known, status: 'revoked', spans });
  }
}

function broken(rule: RuleId, detail: string): Problem {
  return { rule, detail };
}

/** What the signer of a verdict saw; null: he does not say. */
function treeOf({ data: { position, merkleRoot } }: Verdict): Tree | null {
  return position === undefined || merkleRoot === undefined ? null : { position, merkleRoot };
}

function homeOf(type: string): string | null {
  switch (type) {
    case 'ClusterFounded':
      return clusterStream;
    case 'KeyPresented':
    case 'KeyEndorsed':
    case 'KeyRevoked':
    case 'LedgerSealed':
      return sealsStream;
    case 'CheckpointSigned':
      return checkpointsStream;
    default:
      return null;
  }
}
