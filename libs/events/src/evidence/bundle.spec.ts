import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { bundleOf, notesIn } from '../../testing/sample-bundle.js';
import { freshKey, SampleLedger } from '../../testing/sample-ledger.js';
import { countsAtItsEnd, verifyBundle } from './bundle-verifier.js';

/** Founded, worked on, sealed, worked on: positions 1 to 24, sealed at 21 by commit 22. */
function sealedLedger() {
  const ledger = new SampleLedger(freshKey());
  ledger.work(20);
  ledger.seal(ledger.key);
  ledger.work(2);
  return ledger;
}

function verify(lines: readonly string[], trust: string | null = null) {
  return verifyBundle(lines.map((line) => `${line}\n`).join(''), { trust });
}

describe('a bundle', () => {
  it('is whole by itself, and sealed, whatever range it is of', () => {
    const { commits } = sealedLedger();
    for (let from = 1; from <= 21; from += 1) {
      for (let to = from; to <= 21; to += 1 + (from % 3)) {
        const check = verify(bundleOf(commits, from, to));
        expect(check).toMatchObject({ status: 'whole', from, to, standing: 'sealed' });
      }
    }
  });

  it('of a range that no checkpoint covers says so', () => {
    const { commits } = sealedLedger();
    const lines = bundleOf(commits, 23, 24, null);
    expect(verify(lines)).toMatchObject({ status: 'whole', standing: 'unsealed', root: null });
  });

  it('does not count for somebody who trusts another key', () => {
    const lines = bundleOf(sealedLedger().commits, 5, 9);
    expect(verify(lines, freshKey().fingerprint)).toMatchObject({
      ...{ status: 'whole', standing: 'unsealed', root: null },
      warnings: [expect.stringContaining('does not count')],
    });
  });

  it('warns who trusts a key of what it endorsed in format 1', () => {
    const ledger = new SampleLedger(freshKey(), 1);
    const second = freshKey();
    ledger.present(second);
    ledger.judgeAsBefore(ledger.key, 'endorsed', second);
    ledger.format = 2;
    ledger.openEpoch(second);
    ledger.seal(second);
    const lines = bundleOf(ledger.commits, 4, 4);
    expect(verify(lines, ledger.key.fingerprint)).toMatchObject({
      standing: 'sealed',
      warnings: [expect.stringContaining('an endorsement of format 1')],
    });
  });

  it('counts though its key was revoked later', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.present(second);
    ledger.judge(ledger.key, 'endorsed', second);
    ledger.work(3);
    ledger.seal(second);
    ledger.judge(ledger.key, 'revoked', second);
    const check = verify(bundleOf(ledger.commits, 4, 6));
    expect(check).toMatchObject({ status: 'whole', standing: 'sealed', warnings: [] });
  });

  it('does not count by an endorsement that came after its tree', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.present(second);
    ledger.work(3);
    ledger.seal(second);
    ledger.judge(ledger.key, 'endorsed', second);
    const { commits } = ledger;
    const [note = ''] = notesIn(commits);
    expect(verify(bundleOf(commits, 3, 5))).toMatchObject({ standing: 'unsealed' });
    expect(countsAtItsEnd(note, commits.slice(0, 2))).toBe(false);
  });

  it('does not hide a character that was changed anywhere', () => {
    const seed = 20_261_123;
    const chance = seededRandomness(seed);
    const text = `${bundleOf(sealedLedger().commits, 5, 9).join('\n')}\n`;
    const survivors: string[] = [];
    for (let trial = 0; trial < 400; trial += 1) {
      const at = chance.integer(text.length);
      const was = text[at] ?? '';
      const now = was === 'a' ? 'b' : 'a';
      const changed = `${text.slice(0, at)}${now}${text.slice(at + 1)}`;
      if (verifyBundle(changed, { trust: null }).status !== 'whole') continue;
      survivors.push(`seed ${seed}: ${at} ${was}→${now}`);
    }
    expect(survivors).toEqual([]);
  });

  it('does not hide a line that is gone, or doubled', () => {
    const lines = bundleOf(sealedLedger().commits, 5, 9);
    for (let at = 1; at < lines.length; at += 1) {
      const checks = [lines.toSpliced(at, 1), lines.toSpliced(at, 0, lines[at] ?? '')].map((all) =>
        verify(all),
      );
      expect({ at, of: checks.map(({ status }) => status) }).toEqual({
        ...{ at, of: ['damaged', 'damaged'] },
      });
    }
  });

  it('ends with a line feed, and with nothing behind it', () => {
    const text = bundleOf(sealedLedger().commits, 5, 9).join('\n');
    expect(verifyBundle(text, { trust: null })).toMatchObject({ damage: { rule: 'B1' } });
    expect(verifyBundle(`${text}\n\n`, { trust: null })).toMatchObject({ damage: { rule: 'B7' } });
  });

  it('is not mistaken for one when it is another file, or of the format before', () => {
    expect(verify(['{}']).status).toBe('not-a-bundle');
    expect(verify(['hello']).status).toBe('not-a-bundle');
    expect(verify(['{"format":"oakring-bundle-1"}'])).toMatchObject({
      detail: expect.stringContaining('export it again'),
    });
  });
});
