import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { sha256 } from '@oakring/crypto';
import { schemaVersion, type DomainEvent, type EventData } from '../src/catalogue/catalogue.js';
import {
  decodeEvents,
  emptyHead,
  encodeEvent,
  hashCommit,
  headerOf,
  headOf,
  sealCommit,
  type Commit,
  type CommitFormat,
  type LogHead,
} from '../src/log/commit.js';
import { encodeStoredCommit } from '../src/log/stored-commit.js';
import { sampleOrigin } from './sample-commits.js';
import { ownCatalogue, type CommittedCatalogue } from '../src/catalogue/committed-catalogue.js';
import { nodeStream } from '../src/catalogue/streams.js';
import { emptyFrontier, rootOf, withLeaf } from '../src/evidence/merkle-tree.js';
import { canonicalJson } from '../src/text/canonical-json.js';
import { readCheckpoint, signCheckpoint } from '../src/evidence/checkpoint.js';
import { cosign, type Cosigner } from '../src/evidence/cosignature.js';
import { statedCosignature, type StatedCosignature } from '../src/evidence/stated-cosignature.js';
import {
  signedText,
  signingKeyOf,
  type KeyStatement,
  type SealStatement,
  type SigningKey,
} from '../src/evidence/seal.js';

const clusterId = 'c-1';

export function freshKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return signingKeyOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** What precedes 32 bytes that an Ed25519 key is made of in its PKCS #8 (RFC 8410). */
const pkcs8Prefix = '302e020100300506032b657004220420';

/** The same key for the same number: of what is written into files. It guards nothing. */
export function numberedKey(number: number): SigningKey {
  const der = Buffer.from(`${pkcs8Prefix}${sha256(`a key for tests, ${number}`)}`, 'hex');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return signingKeyOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** A ledger made by hand, for tests: founded with a key, and then what the test appends. */
export class SampleLedger {
  readonly commits: Commit[] = [];
  /** The commits as they are stored; forged ones have no other form. */
  readonly lines: string[] = [];
  private head: LogHead;
  private tree = emptyFrontier;
  private before = emptyFrontier;
  /** Of what is appended next; begun by `openEpoch`, unless a forger says so. */
  epoch = 0;
  private isCatalogueStated = false;
  private readonly versions = new Map<string, number>();

  /**
   * `format`: what it writes until it is told otherwise; 1 as software up to schema 5 did. `beginning`: a
   * first commit that is another than it should be; `prev`: what that names as the hash before it.
   */
  constructor(
    readonly key: SigningKey,
    public format: CommitFormat = 2,
    beginning: readonly DomainEvent[] | null = null,
    prev = emptyHead.hash,
  ) {
    this.head = { ...emptyHead, hash: prev };
    const { fingerprint, publicKey } = key;
    if (beginning !== null) {
      this.epoch = 1;
      this.append(beginning);
      return;
    }
    this.openEpoch(key, [
      { stream: 'cluster', type: 'ClusterFounded', data: { clusterId, name: 'x', location: '' } },
      { stream: 'seals', type: 'KeyPresented', data: { fingerprint, publicKey, founding: true } },
    ]);
  }

  /** `catalogue`: stated by it; else its own, where none was yet. */
  openEpoch(
    { fingerprint }: SigningKey,
    more: readonly DomainEvent[] = [],
    catalogue: DomainEvent | null = null,
  ): void {
    this.epoch += 1;
    const { epoch } = this;
    const data = { epoch, software: 's', host: 'h', pid: 1, url: null, signingKey: fingerprint };
    const opened = { stream: 'cluster', type: 'EpochOpened', data } as const;
    const first = more.filter(({ type }) => type === 'ClusterFounded');
    const stated = catalogue === null ? this.catalogue() : [catalogue];
    this.append([...first, opened, ...stated, ...more.slice(first.length)]);
  }

  /** Stated once, by the first epoch of format 2. */
  private catalogue(): readonly DomainEvent[] {
    if (this.format === 1 || this.isCatalogueStated) return [];
    this.isCatalogueStated = true;
    return [catalogueStated()];
  }

  /** Ordinary life. */
  work(commits: number): void {
    for (let count = 0; count < commits; count += 1) {
      const stream = nodeStream(`n${count % 3}`);
      this.append([{ stream, type: 'NodeBecameReady', data: { reason: `round ${count}` } }]);
    }
  }

  present({ fingerprint, publicKey }: SigningKey, { founding = false } = {}): void {
    const data = { fingerprint, publicKey, founding };
    this.append([{ stream: 'seals', type: 'KeyPresented', data }]);
  }

  /** `lie`: what the statement says otherwise, signed all the same. */
  judge(
    by: SigningKey,
    verdict: KeyStatement['verdict'],
    { fingerprint }: Pick<SigningKey, 'fingerprint'>,
    lie: Partial<KeyStatement> = {},
  ): void {
    const { clusterId, position, merkleRoot } = this.stands;
    const statement = { clusterId, verdict, fingerprint, position, merkleRoot, ...lie };
    const signature = by.sign(signedText(statement));
    const tree = { position: statement.position, merkleRoot: statement.merkleRoot };
    const type = typeOf(verdict);
    const data = { fingerprint, by: by.fingerprint, signature, ...tree };
    this.append([{ stream: 'seals', type, data }]);
  }

  /** As it was said up to schema 5. */
  judgeAsBefore(
    by: SigningKey,
    verdict: KeyStatement['verdict'],
    { fingerprint }: SigningKey,
  ): void {
    const signature = by.sign(signedText({ clusterId, verdict, fingerprint }));
    const data = { fingerprint, by: by.fingerprint, signature };
    this.append([{ stream: 'seals', type: typeOf(verdict), data }]);
  }

  /** `lie`: what the checkpoint states falsely. */
  seal(key: SigningKey, lie: Partial<SealStatement & { keyEvents: number }> = {}): void {
    const note = signCheckpoint({ ...this.stands, ...lie }, key);
    this.append([{ stream: 'checkpoints', type: 'CheckpointSigned', data: { note } }]);
  }

  /** `lie`: what is stated otherwise of the checkpoint of that position. */
  cosign(
    cosigner: Cosigner,
    position: number,
    lie: Partial<EventData<'CheckpointCosigned'>> = {},
  ): void {
    const data = { position, ...this.cosignatureOf(cosigner, position), ...lie };
    this.append([{ stream: 'checkpoints', type: 'CheckpointCosigned', data }]);
  }

  stamp(data: EventData<'CheckpointStamped'>): void {
    this.append([{ stream: 'checkpoints', type: 'CheckpointStamped', data }]);
  }

  private cosignatureOf(cosigner: Cosigner, position: number): StatedCosignature {
    const notes = this.commits
      .flatMap(decodeEvents)
      .flatMap((event) => (event.type === 'CheckpointSigned' ? [event.data.note] : []))
      .flatMap((text) => {
        const read = readCheckpoint(text);
        return read.status === 'checkpoint' && read.checkpoint.position === position
          ? [read.note]
          : [];
      });
    const note = notes.at(-1) ?? { text: '', signatures: [] };
    const signatures = [cosign(note, cosigner, 1_700_000_000 + position)];
    const stated = statedCosignature({ ...note, signatures }, cosigner);
    if (stated === null) throw new TypeError(`${cosigner.name} did not cosign`);
    return stated;
  }

  /** As it was said up to schema 5. */
  sealAsBefore(key: SigningKey, lie: Partial<SealStatement> = {}): void {
    const { keyEvents: _, ...stands } = this.stands;
    const statement = { ...stands, ...lie };
    const signature = key.sign(signedText(statement));
    const data = { ...statement, fingerprint: key.fingerprint, signature };
    this.append([{ stream: 'seals', type: 'LedgerSealed', data }]);
  }

  /** What an honest checkpoint would state now. */
  get stands(): SealStatement & { readonly keyEvents: number } {
    const { position, hash } = this.head;
    const keyEvents = this.versions.get('seals') ?? 0;
    return {
      clusterId,
      position,
      hash,
      merkleRoot: rootOf(this.tree),
      epoch: this.epoch,
      keyEvents,
    };
  }

  append(events: readonly DomainEvent[]): void {
    const parts = {
      epoch: this.epoch,
      commitId: `commit-${this.head.position + 1}`,
      at: 1_700_000_000_000 + this.head.position,
      streams: [...new Set(events.map(({ stream }) => stream))].sort(),
      commands: [],
      events: events.map((event) => {
        const version = (this.versions.get(event.stream) ?? 0) + 1;
        this.versions.set(event.stream, version);
        return this.format === 1
          ? canonicalJson({ ...event, schema: this.isCatalogueStated ? schemaVersion : 5, version })
          : encodeEvent(event, version, sampleOrigin);
      }),
    };
    const sealed = sealCommit(this.head, parts);
    const commit = this.format === 1 ? inFormat1(sealed) : sealed;
    this.keep(commit, encodeStoredCommit(commit));
  }

  /** As `append`, but said otherwise, and hashed as if it were so: what comes after goes on from it. */
  forge(
    events: readonly DomainEvent[],
    change: (texts: { readonly header: string; readonly events: string }) => {
      readonly header?: string;
      readonly events?: string;
      readonly hash?: string;
    },
  ): void {
    this.append(events);
    const commit = this.commits.pop();
    this.lines.pop();
    if (commit === undefined) throw new TypeError('nothing was appended');
    const texts = { header: headerOf(commit), events: commit.events };
    const said = { ...texts, ...change(texts) };
    const hash = said.hash ?? sha256(`${said.header}\t${said.events}`);
    this.tree = this.before;
    this.keep({ ...commit, hash }, `${said.header}\t${said.events}\t${hash}`);
  }

  private keep(commit: Commit, line: string): void {
    this.commits.push(commit);
    this.lines.push(line);
    this.head = headOf(commit);
    this.before = this.tree;
    this.tree = withLeaf(this.tree, commit.hash);
  }
}

export function catalogueStated(other: Partial<CommittedCatalogue> = {}): DomainEvent {
  const data = { ...ownCatalogue(), ...other };
  return { stream: 'seals', type: 'CatalogueChanged', data };
}

function inFormat1(commit: Commit): Commit {
  const body = { ...commit, format: 1 } as const;
  return { ...body, hash: hashCommit(body) };
}

function typeOf(verdict: KeyStatement['verdict']): 'KeyEndorsed' | 'KeyRevoked' {
  return verdict === 'endorsed' ? 'KeyEndorsed' : 'KeyRevoked';
}
