import { generateKeyPairSync } from 'node:crypto';
import type { DomainEvent } from '../src/catalogue/catalogue.js';
import {
  emptyHead,
  encodeEvent,
  headOf,
  sealCommit,
  type Commit,
  type LogHead,
} from '../src/log/commit.js';
import { nodeStream } from '../src/catalogue/streams.js';
import { emptyFrontier, rootOf, withLeaf } from '../src/evidence/merkle-tree.js';
import { signingKeyOf, type SealStatement, type SigningKey } from '../src/evidence/seal.js';

const clusterId = 'c-1';

export function freshKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return signingKeyOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** A ledger made by hand, for tests: founded with a key, and then what the test appends. */
export class SampleLedger {
  readonly commits: Commit[] = [];
  private head: LogHead = emptyHead;
  private tree = emptyFrontier;
  private epoch = 0;
  private readonly versions = new Map<string, number>();

  constructor(readonly key: SigningKey) {
    const { fingerprint, publicKey } = key;
    this.openEpoch(key, [
      { stream: 'cluster', type: 'ClusterFounded', data: { clusterId, name: 'x', location: '' } },
      { stream: 'seals', type: 'KeyPresented', data: { fingerprint, publicKey, founding: true } },
    ]);
  }

  openEpoch({ fingerprint }: SigningKey, more: readonly DomainEvent[] = []): void {
    this.epoch += 1;
    const { epoch } = this;
    const data = { epoch, software: 's', host: 'h', pid: 1, url: null, signingKey: fingerprint };
    this.append([{ stream: 'cluster', type: 'EpochOpened', data }, ...more]);
  }

  /** Ordinary life. */
  work(commits: number): void {
    for (let count = 0; count < commits; count += 1) {
      const stream = nodeStream(`n${count % 3}`);
      this.append([{ stream, type: 'NodeBecameReady', data: { reason: `round ${count}` } }]);
    }
  }

  present({ fingerprint, publicKey }: SigningKey): void {
    const data = { fingerprint, publicKey, founding: false };
    this.append([{ stream: 'seals', type: 'KeyPresented', data }]);
  }

  judge(by: SigningKey, verdict: 'endorsed' | 'revoked', { fingerprint }: SigningKey): void {
    const signature = by.sign({ clusterId, verdict, fingerprint });
    const type = verdict === 'endorsed' ? 'KeyEndorsed' : 'KeyRevoked';
    this.append([{ stream: 'seals', type, data: { fingerprint, by: by.fingerprint, signature } }]);
  }

  /** `lie`: what the seal states falsely. */
  seal(key: SigningKey, lie: Partial<SealStatement> = {}): void {
    const { position, hash } = this.head;
    const statement = {
      ...{ clusterId, position, hash, merkleRoot: rootOf(this.tree), epoch: this.epoch },
      ...lie,
    };
    const signature = key.sign(statement);
    const data = { ...statement, fingerprint: key.fingerprint, signature };
    this.append([{ stream: 'seals', type: 'LedgerSealed', data }]);
  }

  append(events: readonly DomainEvent[]): void {
    const commit = sealCommit(this.head, {
      epoch: this.epoch,
      commitId: `commit-${this.head.position + 1}`,
      at: 1_700_000_000_000 + this.head.position,
      streams: [...new Set(events.map(({ stream }) => stream))].sort(),
      commands: [],
      events: events.map((event) => {
        const version = (this.versions.get(event.stream) ?? 0) + 1;
        this.versions.set(event.stream, version);
        return encodeEvent(event, version);
      }),
    });
    this.commits.push(commit);
    this.head = headOf(commit);
    this.tree = withLeaf(this.tree, commit.hash);
  }
}
