import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  consistencyProof,
  merkleRoot,
  readCheckpoint,
  signCheckpoint,
  type Checkpoint,
} from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import type { Consistency, LedgerKeys } from '../client/documents.js';
import { refusedWith } from '../client/manager-error.js';
import { judgeManager, shownCheckpoint, wordsOf, type Judgement } from './judge.js';

const key = freshKey();

/** What a checkpoint of the ledger as it stands would say. */
function checkpointOf(ledger: SampleLedger): Checkpoint {
  const read = readCheckpoint(signCheckpoint(ledger.stands, key));
  if (read.status === 'refused') throw new Error(read.reason);
  return read.checkpoint;
}

/** A manager that answers from a ledger, and may lie. */
function managerOf({ commits, stands }: SampleLedger, lie: Partial<Consistency> = {}) {
  const hashes = commits.map(({ hash }) => hash);
  const tree = (position: number) => ({
    position,
    merkleRoot: merkleRoot(hashes.slice(0, position)),
  });
  return {
    consistency: async (from: number, to: number): Promise<Consistency> => {
      if (to > hashes.length) {
        const problem = { title: 't', code: 'position-invalid', detail: 'beyond' };
        throw refusedWith(400, JSON.stringify(problem));
      }
      const { clusterId } = stands;
      const proof = consistencyProof(hashes, from, to);
      return { clusterId, from: tree(from), to: tree(to), proof, checkpoint: null, ...lie };
    },
    head: async () => ({
      position: hashes.length,
      hash: '',
      epoch: 1,
      leader: null,
      leading: true,
    }),
  };
}

describe('a manager that is held to a kept checkpoint', () => {
  let ledger: SampleLedger;
  let kept: Checkpoint;
  beforeEach(() => {
    ledger = new SampleLedger(key);
    ledger.work(6);
    kept = checkpointOf(ledger);
  });

  async function judged(today: SampleLedger, lie?: Partial<Consistency>): Promise<Judgement> {
    return judgeManager(managerOf(today, lie), kept, checkpointOf(today));
  }

  it('continues it when its proof leads from there to what it signed today', async () => {
    ledger.work(5);
    const { position: size, merkleRoot: root } = ledger.stands;
    expect(await judged(ledger)).toEqual({ status: 'continues', size, merkleRoot: root });
  });

  it('went back when it has fewer commits, and is told how many', async () => {
    const restored = new SampleLedger(key);
    restored.work(2);
    const judgement = await judged(restored);
    expect(judgement).toEqual({ status: 'rolled-back', size: 3 });
    expect(wordsOf(judgement, kept, 'the checkpoint')).toMatch(/^THE LEDGER WENT BACK: it has 3 /);
  });

  it('was rewritten when it went back and went on otherwise', async () => {
    const restored = new SampleLedger(key);
    restored.work(2);
    restored.seal(key);
    restored.work(9);
    const judgement = await judged(restored);
    expect(judgement).toEqual({ status: 'forked' });
    expect(wordsOf(judgement, kept, 'the checkpoint')).toMatch(
      /^THE LEDGER WAS REWRITTEN: .* at or before position 7:/,
    );
  });

  it('proves nothing with a wrong proof, of other sizes, or beside its own checkpoint', async () => {
    ledger.work(5);
    const { merkleRoot: root } = ledger.stands;
    const honest = await managerOf(ledger).consistency(7, 12);
    const lies: Partial<Consistency>[] = [
      { proof: [] },
      { proof: [...honest.proof, root] },
      { to: { position: 11, merkleRoot: root } },
      { to: { position: 12, merkleRoot: kept.merkleRoot } },
    ];
    for (const lie of lies) expect(await judged(ledger, lie)).toMatchObject({ status: 'unproved' });
    const signedOtherwise = { ...checkpointOf(ledger), merkleRoot: kept.merkleRoot };
    expect(await judgeManager(managerOf(ledger), kept, signedOtherwise)).toMatchObject({
      status: 'unproved',
    });
  });

  it('is of another cluster when it says so', async () => {
    expect(await judged(ledger, { clusterId: 'c-2' })).toEqual({
      status: 'other-cluster',
      clusterId: 'c-2',
    });
  });
});

describe('the checkpoint that a manager shows', () => {
  const ledger = new SampleLedger(key);
  ledger.work(3);
  const keysOf = (more: Partial<LedgerKeys>): LedgerKeys => {
    const { clusterId, position, merkleRoot: root } = ledger.stands;
    const { fingerprint, publicKey } = key;
    const item = { fingerprint, publicKey, status: 'counts', by: null, position: 1, judgedAt: 0 };
    return {
      ...{ clusterId, position, sealed: null, tree: { position, merkleRoot: root } },
      ...{
        checkpoint: signCheckpoint(ledger.stands, key),
        items: [item as LedgerKeys['items'][0]],
      },
      ...more,
    };
  };

  it('is taken when the key that it names is presented and signed it', () => {
    expect(shownCheckpoint(keysOf({}))).toMatchObject({
      position: 4,
      fingerprint: key.fingerprint,
    });
    expect(shownCheckpoint(keysOf({ checkpoint: null }))).toBeNull();
  });

  it('is refused when it is none, or nobody that was presented signed it', () => {
    expect(shownCheckpoint(keysOf({ checkpoint: 'x' }))).toMatchObject({
      detail: expect.any(String),
    });
    const byStranger = signCheckpoint(ledger.stands, freshKey());
    expect(shownCheckpoint(keysOf({ checkpoint: byStranger }))).toEqual({
      detail: 'nobody signed its checkpoint of 4 commits',
    });
  });
});
