import { describe, expect, it } from '@jest/globals';
import { decodeEvents, type StoredEvent } from '../log/commit.js';
import { freshKey, SampleLedger } from '../../testing/sample-ledger.js';
import { readCheckpoint } from './checkpoint.js';
import { KeyRing } from './key-ring.js';
import { merkleRoot } from './merkle-tree.js';
import type { SigningKey } from './seal.js';

type Scene = (ledger: SampleLedger, second: SigningKey, third: SigningKey) => void;

/** What a ring makes of a ledger, and of each of its checkpoints once it has taken everything. */
function judged(scene: Scene, trusted: 'founding' | 'second' | 'nobody' = 'nobody', format?: 1) {
  const ledger = new SampleLedger(freshKey(), format);
  const [second, third] = [freshKey(), freshKey()];
  scene(ledger, second, third);
  const trust = {
    ...{ nobody: null, founding: ledger.key.fingerprint, second: second.fingerprint },
  }[trusted];
  const hashes = ledger.commits.map(({ hash }) => hash);
  const ring = new KeyRing(trust, ({ position, merkleRoot: root }) =>
    merkleRoot(hashes.slice(0, position)) === root ? null : 'the tree is another',
  );
  const events = ledger.commits.flatMap(decodeEvents);
  const problems = events.flatMap((event) => ring.take(event)?.detail ?? []);
  const verdicts = events.flatMap((event) => verdictOn(ring, event) ?? []);
  return { problems, verdicts, ring, events };
}

function verdictOn(ring: KeyRing, event: StoredEvent): string | null {
  if (event.type === 'LedgerSealed') {
    const { fingerprint, signature, ...statement } = event.data;
    return ring.sealVerdict(statement, { fingerprint, signature }, event);
  }
  if (event.type !== 'CheckpointSigned') return null;
  const read = readCheckpoint(event.data.note);
  if (read.status === 'refused') throw new Error(read.reason);
  return ring.checkpointVerdict(read.checkpoint, read.note, event);
}

const judgements: readonly [told: string, scene: Scene, verdicts: readonly string[]][] = [
  ['by the founding key counts', (ledger) => ledger.seal(ledger.key), ['counts']],
  [
    'by a key that nobody presented is invalid',
    (ledger, second) => ledger.seal(second),
    ['invalid'],
  ],
  [
    'by a key that was only presented does not count',
    (ledger, second) => {
      ledger.present(second);
      ledger.seal(second);
    },
    ['unendorsed'],
  ],
  [
    'counts after the endorsement of its key, and not before it, also seen from later on',
    (ledger, second) => {
      ledger.present(second);
      ledger.seal(second);
      ledger.judge(ledger.key, 'endorsed', second);
      ledger.seal(second);
    },
    ['unendorsed', 'counts'],
  ],
  [
    'counts before the revocation of its key, also seen from later on, and not after it',
    (ledger, second) => {
      ledger.present(second);
      ledger.judge(ledger.key, 'endorsed', second);
      ledger.seal(second);
      ledger.judge(ledger.key, 'revoked', second);
      ledger.seal(second);
    },
    ['counts', 'unendorsed'],
  ],
  [
    'by the founding key counts no more once another revoked it',
    (ledger, second) => {
      ledger.present(second);
      ledger.judge(ledger.key, 'endorsed', second);
      ledger.seal(ledger.key);
      ledger.judge(second, 'revoked', ledger.key);
      ledger.seal(ledger.key);
      ledger.seal(second);
    },
    ['counts', 'unendorsed', 'counts'],
  ],
  [
    'is what it is, though its key is presented again',
    (ledger, second) => {
      ledger.present(ledger.key);
      ledger.seal(ledger.key);
      ledger.present(second);
      ledger.judge(ledger.key, 'endorsed', second);
      ledger.present(second);
      ledger.seal(second);
      ledger.judge(ledger.key, 'revoked', second);
      ledger.present(second);
      ledger.seal(second);
    },
    ['counts', 'counts', 'unendorsed'],
  ],
  [
    'does not count by the word of a key that does not count itself',
    (ledger, second, third) => {
      ledger.present(second);
      ledger.present(third);
      ledger.judge(second, 'endorsed', third);
      ledger.seal(third);
    },
    ['unendorsed'],
  ],
  [
    'does not count by the word of a key that was revoked before it spoke',
    (ledger, second, third) => {
      ledger.present(second);
      ledger.present(third);
      ledger.judge(ledger.key, 'endorsed', second);
      ledger.judge(ledger.key, 'revoked', second);
      ledger.judge(second, 'endorsed', third);
      ledger.seal(third);
    },
    ['unendorsed'],
  ],
  [
    'counts by the word of a key that was revoked after it spoke',
    (ledger, second, third) => {
      ledger.present(second);
      ledger.present(third);
      ledger.judge(ledger.key, 'endorsed', second);
      ledger.judge(second, 'endorsed', third);
      ledger.judge(ledger.key, 'revoked', second);
      ledger.seal(third);
    },
    ['counts'],
  ],
  [
    'by a key that was revoked before it was presented never counts',
    (ledger, second) => {
      ledger.judge(ledger.key, 'revoked', second);
      ledger.present(second);
      ledger.seal(second);
    },
    ['unendorsed'],
  ],
];

describe('a checkpoint', () => {
  it.each(judgements)('%s', (_, scene, verdicts) => {
    expect(judged(scene)).toMatchObject({ problems: [], verdicts });
  });

  it('of format 2 goes on from what seals and verdicts of format 1 said, of which the last holds', () => {
    const scene: Scene = (ledger, second) => {
      ledger.judgeAsBefore(ledger.key, 'endorsed', second);
      ledger.present(second);
      ledger.sealAsBefore(second);
      ledger.judgeAsBefore(ledger.key, 'revoked', second);
      ledger.sealAsBefore(second);
      ledger.judgeAsBefore(ledger.key, 'endorsed', second);
      ledger.sealAsBefore(second);
      ledger.format = 2;
      ledger.seal(second);
      ledger.judge(ledger.key, 'revoked', second);
      ledger.seal(second);
    };
    const verdicts = ['counts', 'unendorsed', 'counts', 'counts', 'unendorsed'];
    expect(judged(scene, 'nobody', 1)).toMatchObject({ problems: [], verdicts });
  });

  const all: Scene = (ledger, second, third) => {
    ledger.seal(ledger.key);
    ledger.present(second);
    ledger.present(third);
    ledger.judge(ledger.key, 'endorsed', second);
    ledger.seal(second);
    ledger.judge(second, 'endorsed', third);
    ledger.seal(third);
  };
  it.each([
    ['founding', ['counts', 'counts', 'counts']],
    // Its endorsement by a key that does not count is passed over; it counts from its presentation.
    ['second', ['unendorsed', 'counts', 'counts']],
  ] as const)('counts from the one key on that is trusted: the %s one', (trusted, verdicts) => {
    expect(judged(all, trusted)).toMatchObject({ problems: [], verdicts });
  });
});

const refusals: readonly [told: string, scene: Scene, problem: string][] = [
  [
    'a founding key after the founding',
    (ledger, second) => ledger.present(second, { founding: true }),
    'after the founding',
  ],
  [
    'a key under the fingerprint of another',
    (ledger, second) => ledger.present({ ...second, fingerprint: ledger.key.fingerprint }),
    'does not have the fingerprint',
  ],
  [
    'a second founding of the cluster',
    (ledger) => {
      const data = { clusterId: 'c-2', name: '', location: '' };
      ledger.append([{ stream: 'cluster', type: 'ClusterFounded', data }]);
    },
    'founded a second time',
  ],
  [
    'a key event in another stream',
    (ledger, { fingerprint, publicKey }) => {
      const data = { fingerprint, publicKey, founding: false };
      ledger.append([{ stream: 'jobs/j' as 'seals', type: 'KeyPresented', data }]);
    },
    'belongs into seals',
  ],
  [
    'the endorsement of a key that was never presented',
    (ledger, second) => ledger.judge(ledger.key, 'endorsed', second),
    'never presented',
  ],
  [
    'an endorsement by a key that was never presented',
    (ledger, second, third) => {
      ledger.present(third);
      ledger.judge(second, 'endorsed', third);
    },
    'which was never presented',
  ],
  [
    'an endorsement that its key did not sign',
    (ledger, second) => {
      ledger.present(second);
      ledger.judge({ ...second, fingerprint: ledger.key.fingerprint }, 'endorsed', second);
    },
    'did not sign',
  ],
  [
    'the endorsement of another cluster',
    (ledger, second) => {
      ledger.present(second);
      ledger.judge(ledger.key, 'endorsed', second, { clusterId: 'c-2' });
    },
    'did not sign',
  ],
  [
    'the endorsement of a key that counts',
    (ledger, second) => {
      endorsed(ledger, second);
      ledger.judge(ledger.key, 'endorsed', second);
    },
    'counts already',
  ],
  [
    'the endorsement of a key that was revoked',
    (ledger, second) => {
      endorsed(ledger, second);
      ledger.judge(ledger.key, 'revoked', second);
      ledger.judge(ledger.key, 'endorsed', second);
    },
    'final',
  ],
  [
    'a second revocation',
    (ledger, second) => {
      endorsed(ledger, second);
      ledger.judge(ledger.key, 'revoked', second);
      ledger.judge(ledger.key, 'revoked', second);
    },
    'final',
  ],
  [
    'an endorsement that is taken from the log and put there again after the revocation',
    (ledger, second) => {
      endorsed(ledger, second);
      const [copied] = ledger.commits.slice(-1).flatMap(decodeEvents);
      ledger.judge(ledger.key, 'revoked', second);
      if (copied?.type !== 'KeyEndorsed') throw new Error('none');
      ledger.append([{ stream: 'seals', type: 'KeyEndorsed', data: copied.data }]);
    },
    'final',
  ],
  [
    'a verdict at a smaller tree than that of the verdict before',
    (ledger, second) => {
      const { position, merkleRoot: root } = ledger.stands;
      ledger.work(3);
      endorsed(ledger, second);
      ledger.judge(ledger.key, 'revoked', second, { position, merkleRoot: root });
    },
    'the last verdict on the key named',
  ],
  [
    'a verdict at a tree of another ledger',
    (ledger, second) => {
      ledger.present(second);
      ledger.judge(ledger.key, 'endorsed', second, { merkleRoot: 'ab'.repeat(32) });
    },
    'the tree is another',
  ],
  [
    'a verdict at a tree that is yet to come',
    (ledger, second) => {
      ledger.present(second);
      ledger.judge(ledger.key, 'endorsed', second, { position: 3 });
    },
    'not before it',
  ],
  [
    'a verdict as format 1 has it in format 2',
    (ledger, second) => {
      ledger.present(second);
      ledger.judgeAsBefore(ledger.key, 'endorsed', second);
    },
    'names a tree in format 2',
  ],
  [
    'a seal as format 1 has it in format 2',
    (ledger) => ledger.sealAsBefore(ledger.key),
    'in a commit of format 2',
  ],
  [
    'an event of format 1 after one of format 2',
    (ledger) => {
      ledger.format = 1;
      ledger.sealAsBefore(ledger.key);
    },
    'of format 1 comes after',
  ],
];

describe('a ring of keys', () => {
  it.each(refusals)('refuses %s', (_, scene, problem) => {
    expect(judged(scene).problems).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['a checkpoint', (ledger: SampleLedger) => ledger.seal(ledger.key)],
    [
      'a verdict at a tree',
      (ledger: SampleLedger) => ledger.judge(ledger.key, 'revoked', ledger.key),
    ],
  ])('refuses %s in format 1', (_, scene) => {
    expect(judged(scene, 'nobody', 1).problems).toHaveLength(1);
  });

  it('refuses a second founding key in the first commit', () => {
    const { ring, events } = judged(() => {});
    const presented = events.find(({ type }) => type === 'KeyPresented');
    const { fingerprint, publicKey } = freshKey();
    const data = { fingerprint, publicKey, founding: true };
    const second = { ...presented, index: 9, data } as StoredEvent;
    expect(ring.take(second)).toMatchObject({ rule: 'K2' });
  });

  it('refuses an event before one that it has', () => {
    const { ring, events } = judged((ledger, second) => endorsed(ledger, second));
    expect(events.flatMap((event) => ring.take(event) ?? [])).toHaveLength(4);
  });

  it('tells what has become of each key', () => {
    const { ring } = judged((ledger, second, third) => {
      endorsed(ledger, second);
      ledger.judge(second, 'revoked', ledger.key);
      ledger.present(third);
    });
    expect(ring.list().map(({ status, counted }) => [status, counted])).toEqual([
      ['revoked', [{ from: 1, to: 4 }]],
      ['counts', [{ from: 3, to: null }]],
      ['presented', []],
    ]);
    expect(ring.clusterId).toBe('c-1');
  });
});

function endorsed(ledger: SampleLedger, key: SigningKey): void {
  ledger.present(key);
  ledger.judge(ledger.key, 'endorsed', key);
}
