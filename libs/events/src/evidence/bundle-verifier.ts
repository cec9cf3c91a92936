import { sha256 } from '@oakring/crypto';
import {
  ownCatalogue,
  schemasLine,
  type CommittedCatalogue,
} from '../catalogue/committed-catalogue.js';
import { sealsStream } from '../catalogue/streams.js';
import { isCanonical, type JsonObject } from '../text/canonical-json.js';
import {
  decodeEvents,
  emptyHead,
  soundRecordsIn,
  type Commit,
  type LogHead,
  type StoredEvent,
} from '../log/commit.js';
import { soundEvents } from '../log/commit-problem.js';
import type { Damage } from '../log/damage.js';
import { decodeStoredCommit, positionIn } from '../log/stored-commit.js';
import { linkVerifier } from '../log/verify-chain.js';
import { bundleFormat, newestCatalogue } from './bundle.js';
import { BundleProblem, fail, hashesOf, parsed, promiseOf, type Promised } from './bundle-lines.js';
import { CatalogueTrail } from './catalogue-trail.js';
import { readCheckpoint, statedCheckpoint, type Checkpoint } from './checkpoint.js';
import { KeyRing, type KnownKey, type SealVerdict } from './key-ring.js';
import { frontierBefore, rootFromRange } from './merkle-tree.js';
import { orderProblem, rootsOf } from './proved-trees.js';
import { RangeRules, type ProvedRange } from './range-rules.js';
import type { SignedNote } from './signed-note.js';
import type { Standing } from './standing.js';
import { Cosignatures, type Cosigned, type StatedCosignature } from './stated-cosignature.js';

export interface BundleReport {
  readonly status: 'whole';
  readonly from: number;
  readonly to: number;
  readonly head: LogHead;
  readonly standing: Standing;
  /** Size of the tree that the checkpoint seals, where its key counts; else 0. */
  readonly sealedTo: number;
  /** Fingerprint of the key from which the others count; null: it shows none. */
  readonly root: string | null;
  readonly keys: readonly KnownKey[];
  /** Witnesses that cosigned the checkpoint, whether its key counts or not. */
  readonly cosigned: readonly Cosigned[];
  readonly warnings: readonly string[];
}

export type BundleCheck =
  | BundleReport
  | { readonly status: 'damaged'; readonly damage: Damage }
  | { readonly status: 'not-a-bundle'; readonly detail: string };

/** Checks a bundle by itself. `trust`: fingerprint of the only key that counts from the start. */
export function verifyBundle(
  text: string,
  { trust }: { readonly trust: string | null },
): BundleCheck {
  const lines = text.split('\n');
  const [head = ''] = lines;
  const header = parsed(head);
  if (header?.['format'] !== bundleFormat) {
    const detail =
      header?.['format'] === 'oakring-bundle-1'
        ? 'it is of format 1, which was never released: export it again'
        : `its first line does not say ${bundleFormat}`;
    return { status: 'not-a-bundle', detail };
  }
  try {
    if (lines.pop() !== '') fail(null, 'B1', 'its last line does not end with a line feed');
    return new BundleVerifier(promiseOf(head, header), lines, trust).verify();
  } catch (error) {
    if (error instanceof BundleProblem) return { status: 'damaged', damage: error.damage };
    throw error;
  }
}

/** Whether a checkpoint is by a key that counts where its tree ends, as these commits have it. */
export function countsAtItsEnd(note: string, exhibits: readonly Commit[]): boolean {
  const read = readCheckpoint(note);
  if (read.status === 'refused') return false;
  const keys = new KeyRing(null, () => null);
  for (const event of exhibits.flatMap(decodeEvents)) if (keys.take(event) !== null) return false;
  return verdictAtEnd(keys, read) === 'counts';
}

interface Exhibit {
  readonly commit: Commit;
  readonly proof: readonly string[];
}

class BundleVerifier {
  private at = 1;

  constructor(
    private readonly promised: Promised,
    private readonly lines: readonly string[],
    private readonly trust: string | null,
  ) {}

  verify(): BundleCheck {
    const { from, to, sealed } = this.promised;
    const schemas = this.takeSchemas();
    const evidence = sealed === 0 ? null : this.takeEvidence();
    const range = this.takeRange();
    const head = this.verifyRange(range);
    const shown = { status: 'whole', from, to, head } as const;
    const judged = evidence === null ? null : this.judge(evidence, range);
    const exhibits = evidence?.exhibits.map(({ commit }) => commit) ?? [];
    const before = frontierBefore(from, evidence?.rangeProof ?? []);
    this.followRange(range, judged === null ? null : { keys: judged.keys, exhibits, before });
    const ofSchemas = this.schemaWarnings(schemas, newestCatalogue([...exhibits, ...range]));
    const warnings = [...ofSchemas, ...(judged?.keys.warnings() ?? [])];
    if (judged === null) {
      const none = {
        standing: 'unsealed',
        sealedTo: 0,
        root: null,
        keys: [],
        cosigned: [],
      } as const;
      return { ...shown, ...none, warnings };
    }
    const { keys, verdict, cosigned } = judged;
    const known = { root: keys.root, keys: keys.list(), cosigned };
    if (verdict === 'counts') {
      return { ...shown, ...known, standing: 'sealed', sealedTo: sealed, warnings };
    }
    const unsealed = { standing: 'unsealed', sealedTo: 0 } as const;
    return { ...shown, ...known, ...unsealed, warnings: [...warnings, doesNotCount] };
  }

  private next(): string {
    const line = this.lines[this.at];
    this.at += 1;
    return line ?? fail(null, 'B1', `it ends after ${this.lines.length} lines`);
  }

  /** The next line, an object of exactly these members (in their order). */
  private takeObject(names: string): JsonObject {
    const number = this.at + 1;
    const line = this.next();
    const object = parsed(line);
    if (object === null || !isCanonical(line, object) || Object.keys(object).join() !== names) {
      fail(null, 'B1', `its line ${number} is not one of ${names.replace(',', ' and ')}`);
    }
    return object;
  }

  /** The line: what it must say is known when all commits are. */
  private takeSchemas(): string {
    this.takeObject('schemas');
    return this.lines[this.at - 1] ?? '';
  }

  /** Schemas say how to read the events: those that the ledger commits to, or where it does not, our own. */
  private schemaWarnings(line: string, committed: CommittedCatalogue | null): string[] {
    const release = this.promised.schemaVersion;
    const own = ownCatalogue();
    const { schemaVersion: stated, hash: statedHash } = committed ?? own;
    const hash = sha256(line);
    if (committed === null && release !== stated) {
      return [
        `nobody commits to its schemas of version ${release}; here version ${stated} is known`,
      ];
    }
    if (release !== stated) {
      const detail = `it speaks of schema version ${release}; the newest that is committed to is ${stated}`;
      fail(null, 'B3', detail);
    }
    if (line === noSchemas && committed !== null) return [hasNoSchemas];
    if (hash !== statedHash) {
      fail(
        null,
        'B3',
        `its schemas have the hash ${hash}; those of version ${stated} ${statedHash}`,
      );
    }
    const isForeign = release === own.schemaVersion && hash !== own.hash;
    return isForeign ? [`its schemas of version ${release} are not those known here`] : [];
  }

  private takeEvidence(): Evidence {
    const exhibits: Exhibit[] = [];
    while (this.lines[this.at]?.startsWith('{"exhibit"') === true) {
      const { exhibit, proof } = this.takeObject('exhibit,proof');
      const last = exhibits.at(-1)?.commit.position ?? 0;
      exhibits.push({ commit: exhibitOf(exhibit, last), proof: hashesOf(proof) });
    }
    const { checkpoint } = this.takeObject('checkpoint');
    const stated = this.takeCosignatures();
    this.takeStamp();
    const { rangeProof } = this.takeObject('rangeProof');
    const read = statedCheckpoint(String(checkpoint));
    if ('rule' in read) fail(null, read.rule, read.detail);
    const cosigned = cosignedBy(stated, read);
    return { ...read, exhibits, cosigned, rangeProof: hashesOf(rangeProof) };
  }

  private takeCosignatures(): readonly StatedCosignature[] {
    const stated: StatedCosignature[] = [];
    while (this.lines[this.at]?.startsWith('{"cosignature"') === true) {
      const { cosignature, witness } = this.takeObject('cosignature,witness');
      if (typeof cosignature !== 'string' || typeof witness !== 'string') {
        fail(null, 'B1', 'a cosignature is not of texts');
      }
      stated.push({ witness, signature: cosignature });
    }
    return stated;
  }

  /** What it says is judged by whoever reads time stamps (libs/timestamps). */
  private takeStamp(): void {
    if (this.lines[this.at]?.startsWith('{"stamp"') !== true) return;
    const { stamp, time } = this.takeObject('stamp,time');
    if (typeof stamp !== 'string' || typeof time !== 'string') {
      fail(null, 'B1', 'a stamp is not of texts');
    }
  }

  private takeRange(): Commit[] {
    const { from, to } = this.promised;
    const lines = this.lines.slice(this.at);
    if (lines.length !== to - from + 1) {
      const detail = `positions ${from}–${to} are promised, ${lines.length} lines are there`;
      fail(from, 'B7', detail);
    }
    return lines.map((line, index) => soundCommit(line, from + index));
  }

  private verifyRange(range: readonly Commit[]): LogHead {
    const [first] = range;
    const { from } = this.promised;
    const before = { position: from - 1, hash: first?.prev ?? '', epoch: 0, at: 0 };
    const links = linkVerifier(from === 1 ? emptyHead : before);
    for (const commit of range) {
      const problem = links.problemOf(commit) ?? links.take(commit, soundRecordsIn(commit));
      if (problem !== null) fail(commit.position, problem.rule, problem.detail);
    }
    return links.head;
  }

  private followRange(range: readonly Commit[], proved: ProvedRange | null): void {
    const rules = new RangeRules(this.promised.from, proved);
    for (const commit of range) {
      const problem = rules.take(commit);
      if (problem !== null) fail(commit.position, problem.rule, problem.detail);
    }
  }

  private judge(evidence: Evidence, range: readonly Commit[]): Judged {
    const { from, to, sealed: size } = this.promised;
    const { checkpoint, exhibits, rangeProof } = evidence;
    const hashes = range.map(({ hash }) => hash);
    const root = rootFromRange(hashes, { from, to, size }, rangeProof);
    if (root === null) fail(from, 'B6', 'the proof does not fit the range');
    for (const { commit, proof } of exhibits) {
      const { position, hash } = commit;
      const leaf = { from: position, to: position, size };
      if (rootFromRange([hash], leaf, proof) === root) continue;
      fail(position, 'B5', 'it is shown as evidence and does not belong to the tree of the range');
    }
    const disorder = orderProblem([...exhibits.map(({ commit }) => commit), ...range]);
    if (disorder !== null) throw new BundleProblem(disorder);
    const rootAt = rootsOf(frontierBefore(from, rangeProof), range);
    const keys = this.keysOf(evidence, (at) => (at === size ? root : rootAt(at)));
    this.demandStatement(checkpoint, { keys, root, last: range.at(-1) });
    const verdict = verdictAtEnd(keys, evidence);
    if (verdict === 'invalid') fail(null, 'S3', `key ${checkpoint.fingerprint} did not sign it`);
    return { keys, verdict, cosigned: evidence.cosigned };
  }

  /** All of stream `seals` in the tree, from its first event to as many as the checkpoint says. */
  private keysOf(
    { checkpoint, exhibits }: Evidence,
    rootAt: (position: number) => string | null,
  ): KeyRing {
    const keys = new KeyRing(this.trust, ({ position, merkleRoot }) =>
      (rootAt(position) ?? merkleRoot) === merkleRoot
        ? null
        : `the tree of ${position} commits that it names is not of this ledger`,
    );
    const catalogues = new CatalogueTrail();
    let version = 0;
    if (exhibits[0]?.commit.position !== 1) fail(1, 'B4', 'the first commit is not shown');
    const idle = exhibits.find(
      ({ commit: { position, streams } }) => position !== 1 && !streams.includes(sealsStream),
    );
    if (idle !== undefined) {
      fail(idle.commit.position, 'B4', `it has no event of stream ${sealsStream}`);
    }
    for (const { commit } of exhibits) {
      const problem = catalogues.take(commit, soundRecordsIn(commit));
      if (problem !== null) fail(commit.position, problem.rule, problem.detail);
    }
    for (const event of exhibits.flatMap(({ commit }) => decodeEvents(commit))) {
      const { position } = event;
      const { stream }: { stream: string } = event;
      if (stream === sealsStream) {
        version += 1;
        if (event.version !== version)
          fail(position, 'B4', `event ${version} of ${stream} is not shown`);
      }
      const problem = keys.take(event);
      if (problem !== null) fail(position, problem.rule, problem.detail);
    }
    if (version === checkpoint.keyEvents) return keys;
    const detail = `${version} events of stream ${sealsStream} are shown; the checkpoint counts ${checkpoint.keyEvents}`;
    return fail(null, 'B4', detail);
  }

  private demandStatement(
    { position, merkleRoot, clusterId, hash, epoch }: Checkpoint,
    { keys, root, last }: { keys: KeyRing; root: string; last: Commit | undefined },
  ): void {
    const isOfTree = position === this.promised.sealed && merkleRoot === root;
    if (!isOfTree || clusterId !== keys.clusterId) {
      fail(null, 'S2', 'the range does not belong to the ledger that the checkpoint speaks of');
    }
    if (last?.position !== position || (last.hash === hash && last.epoch === epoch)) return;
    fail(position, 'S2', 'the checkpoint states another hash or epoch');
  }
}

const noSchemas = schemasLine({});
const hasNoSchemas =
  'it carries no schemas: whoever exported it did not have those that the ledger commits to';
const doesNotCount =
  'the key of the checkpoint does not count where its tree ends: no key that counts had endorsed it, or one had revoked it';

interface Evidence {
  readonly exhibits: readonly Exhibit[];
  readonly cosigned: readonly Cosigned[];
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
  readonly rangeProof: readonly string[];
}

interface Judged {
  readonly keys: KeyRing;
  readonly verdict: SealVerdict;
  readonly cosigned: readonly Cosigned[];
}

/** By the rules of a ledger in which each stands right after the checkpoint. */
function cosignedBy(
  stated: readonly StatedCosignature[],
  { checkpoint: { position }, note }: Pick<Evidence, 'checkpoint' | 'note'>,
): readonly Cosigned[] {
  const cosignatures = new Cosignatures();
  cosignatures.stated(position, note);
  for (const each of stated) {
    const problem = cosignatures.take({ ...each, position });
    if (problem !== null) fail(null, problem.rule, problem.detail);
  }
  return cosignatures.list();
}

/** After the last commit of the tree: nothing that came later is shown. */
function verdictAtEnd(
  keys: KeyRing,
  { checkpoint, note }: Pick<Evidence, 'checkpoint' | 'note'>,
): SealVerdict {
  const place: Pick<StoredEvent, 'position' | 'index'> = {
    position: checkpoint.position,
    index: Number.MAX_SAFE_INTEGER,
  };
  return keys.checkpointVerdict(checkpoint, note, place);
}

function exhibitOf(text: unknown, after: number): Commit {
  if (typeof text !== 'string') fail(null, 'B1', 'an exhibit is not a commit');
  const position = positionIn(text);
  if (!(position > after)) fail(null, 'B1', `an exhibit does not come after position ${after}`);
  return soundCommit(text, position);
}

function soundCommit(text: string, position: number): Commit {
  const decoded = decodeStoredCommit(text, position);
  if (decoded.status === 'damaged') throw new BundleProblem(decoded.damage);
  const events = soundEvents(decoded.commit);
  if ('rule' in events) throw new BundleProblem(events);
  return decoded.commit;
}
