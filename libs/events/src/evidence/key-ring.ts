import { fingerprintOf } from '@oakring/crypto';
import type { StoredEvent } from '../log/commit.js';
import { isSignedBy, type KeyStatement, type SealStatement } from './seal.js';

export interface KnownKey {
  readonly fingerprint: string;
  readonly publicKey: string | null;
  readonly status: 'presented' | 'counts' | 'revoked';
}

/** What a seal proves: it is sound and its key counts, or only that somebody signed. */
export type SealVerdict = 'counts' | 'unendorsed' | 'invalid';

/**
 * Which keys count, as the events of stream `seals` have it. The founding key counts by having been
 * presented in the first commit; with `trust` instead only the key with that fingerprint does.
 * Any other counts while a key that counts has endorsed it and none has revoked it.
 */
export class KeyRing {
  private readonly keys = new Map<string, KnownKey>();

  constructor(
    private readonly clusterId: () => string,
    private readonly trust: string | null,
  ) {}

  list(): readonly KnownKey[] {
    return [...this.keys.values()];
  }

  /** Takes a key event in; what is wrong with it as a sentence, or null. */
  take(event: StoredEvent): string | null {
    switch (event.type) {
      case 'KeyPresented':
        return this.present(event.data, event.position);
      case 'KeyEndorsed':
        return this.judge(event.data, 'endorsed');
      case 'KeyRevoked':
        return this.judge(event.data, 'revoked');
      default:
        return null;
    }
  }

  sealVerdict(statement: SealStatement, fingerprint: string, signature: string): SealVerdict {
    const key = this.keys.get(fingerprint);
    if (key === undefined || key.publicKey === null) return 'invalid';
    if (!isSignedBy(statement, key.publicKey, signature)) return 'invalid';
    return key.status === 'counts' ? 'counts' : 'unendorsed';
  }

  private present(
    {
      fingerprint,
      publicKey,
      founding,
    }: { fingerprint: string; publicKey: string; founding: boolean },
    position: number,
  ): string | null {
    if (fingerprintOf(publicKey) !== fingerprint) {
      return `the key that is presented does not have the fingerprint ${fingerprint}`;
    }
    if (founding && position !== 1) return 'a founding key is presented after the founding';
    const isRoot = this.trust === null ? founding : fingerprint === this.trust;
    const known = this.keys.get(fingerprint)?.status ?? 'presented';
    this.keys.set(fingerprint, { fingerprint, publicKey, status: isRoot ? 'counts' : known });
    return null;
  }

  private judge(
    { fingerprint, by, signature }: { fingerprint: string; by: string; signature: string },
    verdict: KeyStatement['verdict'],
  ): string | null {
    const judge = this.keys.get(by);
    const statement = { clusterId: this.clusterId(), verdict, fingerprint };
    if (judge === undefined || judge.publicKey === null) {
      return `key ${fingerprint} is ${verdict} by ${by}, which was never presented`;
    }
    if (!isSignedBy(statement, judge.publicKey, signature)) {
      return `key ${by} did not sign that ${fingerprint} is ${verdict}`;
    }
    if (judge.status !== 'counts') return null;
    const publicKey = this.keys.get(fingerprint)?.publicKey ?? null;
    const status = verdict === 'endorsed' ? 'counts' : 'revoked';
    this.keys.set(fingerprint, { fingerprint, publicKey, status });
    return null;
  }
}
