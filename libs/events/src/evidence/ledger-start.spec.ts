import { describe, expect, it } from '@jest/globals';
import { bundleOf, notesIn } from '../../testing/sample-bundle.js';
import { freshKey, SampleLedger } from '../../testing/sample-ledger.js';
import { ledgerVerifier } from './ledger-verifier.js';
import { readLedgerStart } from './ledger-start.js';

/** Sealed at 21, a second key endorsed after it, an epoch, and seals by both. */
function livedLedger(): SampleLedger {
  const ledger = new SampleLedger(freshKey());
  ledger.work(20);
  ledger.seal(ledger.key);
  const second = freshKey();
  ledger.present(second);
  ledger.judge(ledger.key, 'endorsed', second);
  ledger.work(300);
  ledger.seal(ledger.key);
  ledger.openEpoch(second);
  ledger.work(5);
  ledger.seal(second);
  return ledger;
}

function startOf({ commits }: SampleLedger, which = 0, trust: string | null = null) {
  const note = notesIn(commits)[which] ?? '';
  const size = Number(note.split('\n')[1]);
  const text = bundleOf(commits, size, size, note)
    .map((line) => `${line}\n`)
    .join('');
  return { text, size, read: readLedgerStart(text, { trust }) };
}

describe('The verification of a ledger from a checkpoint on', () => {
  it.each([0, 1, 2])(
    'comes to what that from the first commit on comes to: checkpoint %d',
    (which) => {
      const ledger = livedLedger();
      const whole = ledgerVerifier({ trust: null });
      for (const commit of ledger.commits) expect(whole.next(commit)).toBeNull();
      const { size, read } = startOf(ledger, which);
      if (read.status === 'refused') throw new Error(read.detail);
      const behind = ledgerVerifier({ trust: null, start: read.start });
      for (const commit of ledger.commits.slice(size)) expect(behind.next(commit)).toBeNull();
      const { head, merkleRoot, sealedTo, standing, keys, root } = whole.report();
      expect(behind.report()).toMatchObject({ head, merkleRoot, sealedTo, standing, keys, root });
    },
  );

  it('finds what is wrong behind it', () => {
    const ledger = livedLedger();
    const { size, read } = startOf(ledger);
    if (read.status === 'refused') throw new Error(read.detail);
    const { start } = read;
    const [first, next] = ledger.commits.slice(size);
    if (first === undefined || next === undefined) throw new Error('there is more');
    expect(ledgerVerifier({ trust: null, start }).next(next)).toMatchObject({ rule: 'C5' });
    const moved = new SampleLedger(ledger.key);
    moved.work(20);
    moved.seal(ledger.key, { merkleRoot: 'ab'.repeat(32) });
    expect(
      ledgerVerifier({ trust: null, start }).next(moved.commits.at(-1) ?? first),
    ).toMatchObject({ rule: 'S2' });
  });

  it('does not begin with a file that was changed, is of more than a checkpoint, or by no key that counts', () => {
    const ledger = livedLedger();
    const { text } = startOf(ledger);
    const refusal = (changed: string, trust: string | null = null) =>
      readLedgerStart(changed, { trust });
    expect(refusal(text.replace('round 19', 'round 18'))).toMatchObject({
      detail: expect.stringContaining('it was changed'),
    });
    const range = bundleOf(ledger.commits, 3, 9)
      .map((line) => `${line}\n`)
      .join('');
    expect(refusal(range)).toMatchObject({ detail: expect.stringContaining('positions 3–9') });
    expect(refusal(text, freshKey().fingerprint)).toMatchObject({
      detail: 'no key that counts signed its checkpoint',
    });
    expect(refusal('x')).toMatchObject({ status: 'refused' });
  });
});
