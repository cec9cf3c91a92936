import { describe, expect, it } from '@jest/globals';
import type { Commit } from '../log/commit.js';
import { signCheckpoint } from './checkpoint.js';
import { ledgerVerifier } from './ledger-verifier.js';
import { catalogueStated, freshKey, SampleLedger } from '../../testing/sample-ledger.js';

function verify(commits: readonly Commit[], trust: string | null = null) {
  const verifier = ledgerVerifier({ trust });
  for (const commit of commits) {
    const damage = verifier.next(commit);
    if (damage !== null) return { damage, report: null };
  }
  return { damage: null, report: verifier.report() };
}

describe('an audit of a whole ledger', () => {
  it('is whole, and sealed as far as the founding key sealed it', () => {
    const ledger = new SampleLedger(freshKey());
    ledger.work(10);
    ledger.seal(ledger.key);
    const { report } = verify(ledger.commits);
    expect(report).toMatchObject({ seals: 1, sealedTo: 11, epochs: 1, warnings: [] });
    expect(report?.head.position).toBe(12);
  });

  it('warns of seals by a key that nobody endorsed, until somebody does', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.openEpoch(second);
    ledger.present(second);
    ledger.seal(second);
    const before = verify(ledger.commits).report;
    expect(before?.sealedTo).toBe(0);
    expect(before?.warnings).toEqual([expect.stringContaining(second.fingerprint)]);
    ledger.judge(ledger.key, 'endorsed', second);
    ledger.seal(second);
    expect(verify(ledger.commits).report).toMatchObject({ seals: 2, sealedTo: 5 });
  });

  it('counts no endorsement by a key that does not count itself', () => {
    const ledger = new SampleLedger(freshKey());
    const [second, third] = [freshKey(), freshKey()];
    ledger.present(second);
    ledger.present(third);
    ledger.judge(second, 'endorsed', third);
    ledger.seal(third);
    expect(verify(ledger.commits).report).toMatchObject({ seals: 1, sealedTo: 0 });
  });

  it('counts a key no more once it was revoked, and what it sealed before all the same', () => {
    const ledger = new SampleLedger(freshKey());
    const next = freshKey();
    ledger.seal(ledger.key);
    ledger.present(next);
    ledger.judge(ledger.key, 'endorsed', next);
    ledger.judge(next, 'revoked', ledger.key);
    ledger.seal(ledger.key);
    const { report } = verify(ledger.commits);
    expect(report).toMatchObject({ seals: 2, sealedTo: 1 });
    expect(report?.keys.map(({ status }) => status)).toEqual(['revoked', 'counts']);
  });

  it('trusts only the key that it is told to trust', () => {
    const ledger = new SampleLedger(freshKey());
    ledger.seal(ledger.key);
    expect(verify(ledger.commits, freshKey().fingerprint).report?.sealedTo).toBe(0);
    expect(verify(ledger.commits, ledger.key.fingerprint).report?.sealedTo).toBe(1);
  });

  it.each([
    ['another hash', { hash: 'f'.repeat(64) }],
    ['another Merkle root', { merkleRoot: 'f'.repeat(64) }],
    ['another cluster', { clusterId: 'c-2' }],
    ['a position to come', { position: 99 }],
    ['another epoch', { epoch: 7 }],
  ])('finds a signed seal of %s', (_, lie) => {
    const ledger = new SampleLedger(freshKey());
    ledger.work(3);
    ledger.seal(ledger.key, lie);
    expect(verify(ledger.commits).damage).toMatchObject({ position: 5, kind: 'seal' });
  });

  it.each([
    ['another hash', { hash: 'f'.repeat(64) }],
    ['another position', { position: 3 }],
  ])('finds a seal of the old form, of %s', (_, lie) => {
    const ledger = new SampleLedger(freshKey(), 1);
    ledger.work(3);
    ledger.sealAsBefore(ledger.key, lie);
    expect(verify(ledger.commits).damage).toMatchObject({ position: 5, kind: 'seal' });
  });

  it('goes on from seals of the old form to checkpoints', () => {
    const ledger = new SampleLedger(freshKey(), 1);
    const second = freshKey();
    ledger.present(second);
    ledger.judgeAsBefore(ledger.key, 'endorsed', second);
    ledger.sealAsBefore(second);
    expect(verify(ledger.commits).report).toMatchObject({ seals: 1, sealedTo: 3 });
    ledger.format = 2;
    ledger.openEpoch(second);
    ledger.seal(second);
    expect(verify(ledger.commits).report).toMatchObject({ seals: 2, sealedTo: 5, warnings: [] });
  });

  it('warns who trusts a key of what it endorsed in the old form, which can be shown again', () => {
    const ledger = new SampleLedger(freshKey(), 1);
    const second = freshKey();
    ledger.present(second);
    ledger.judgeAsBefore(ledger.key, 'endorsed', second);
    ledger.sealAsBefore(second);
    const { report } = verify(ledger.commits, ledger.key.fingerprint);
    expect(report).toMatchObject({
      standing: 'sealed',
      warnings: [expect.stringContaining(`key ${second.fingerprint} counts by an endorsement of`)],
    });
  });

  it('finds a checkpoint that is none, is signed by others as well, or names a key of another', () => {
    const whole = new SampleLedger(freshKey());
    whole.work(2);
    const { key, stands } = whole;
    const note = signCheckpoint(stands, key);
    const [line = ''] = note.split('\n').slice(-2);
    for (const forged of [
      'no note',
      note.replace(/epoch \d+/, 'epoch 01'),
      `${note}${line.replace('oakring/c-1', 'witness')}\n`,
      signCheckpoint(stands, { ...freshKey(), fingerprint: key.fingerprint }),
      signCheckpoint(stands, { ...key, fingerprint: freshKey().fingerprint }),
    ]) {
      const ledger = new SampleLedger(key);
      ledger.work(2);
      ledger.append([{ stream: 'checkpoints', type: 'CheckpointSigned', data: { note: forged } }]);
      expect(verify(ledger.commits).damage).toMatchObject({ position: 4, kind: 'seal' });
    }
  });

  it('warns of schemas that are committed to and are not those known here', () => {
    const ledger = new SampleLedger(freshKey());
    ledger.openEpoch(ledger.key);
    const forged = new SampleLedger(freshKey());
    const hash = 'ab'.repeat(32);
    forged.openEpoch(forged.key, [], catalogueStated({ hash }));
    expect(verify(ledger.commits).report?.warnings).toEqual([]);
    expect(verify(forged.commits).report?.warnings).toEqual([expect.stringContaining(hash)]);
  });

  it('finds an endorsement that its key did not sign', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.present(second);
    ledger.judge({ ...second, fingerprint: ledger.key.fingerprint }, 'endorsed', second);
    expect(verify(ledger.commits).damage).toMatchObject({ position: 3, kind: 'seal' });
  });

  it('finds an endorsement at a tree of another ledger', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.present(second);
    ledger.judge(ledger.key, 'endorsed', second, { merkleRoot: 'f'.repeat(64) });
    expect(verify(ledger.commits).damage).toMatchObject({ position: 3, kind: 'seal' });
  });

  it('finds an epoch that nobody opened, and manifests that contradict each other', () => {
    const epochs = new SampleLedger(freshKey());
    const manifest = {
      ...{ segment: '1-1', firstBatch: 1, lastBatch: 5, readings: 9 },
      ...{ firstHash: 'a', lastHash: 'b', merkleRoot: 'c' },
    };
    const truncated = (readings: number) => ({
      ...({ stream: 'cluster', type: 'TelemetryTruncated' } as const),
      data: { ...manifest, readings },
    });
    epochs.append([truncated(9)]);
    epochs.append([truncated(9)]);
    expect(verify(epochs.commits).damage).toBeNull();
    epochs.append([truncated(10)]);
    expect(verify(epochs.commits).damage).toMatchObject({ position: 4, kind: 'manifest' });
  });
});
