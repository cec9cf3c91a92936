import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { bundleLines, verifyBundle } from './bundle.js';
import { freshKey, SampleLedger } from '../../testing/sample-ledger.js';

/** Founded, worked on, sealed, worked on: positions 1 to 24, sealed at 21 by commit 22. */
function sealedLedger() {
  const ledger = new SampleLedger(freshKey());
  ledger.work(20);
  ledger.seal(ledger.key);
  ledger.work(2);
  return ledger;
}

function bundleOf({ commits }: SampleLedger, from: number, to: number): string[] {
  return [
    ...bundleLines({
      range: commits.slice(from - 1, to),
      hashes: commits.slice(0, 21).map(({ hash }) => hash),
      seal: commits[21] ?? null,
      keys: commits.slice(0, 1),
    }),
  ];
}

describe('a bundle', () => {
  it('is whole by itself, whatever range it is of', () => {
    const ledger = sealedLedger();
    for (let from = 1; from <= 21; from += 1) {
      for (let to = from; to <= 21; to += 1 + (from % 3)) {
        const check = verifyBundle(bundleOf(ledger, from, to), { trust: null });
        expect(check).toMatchObject({ status: 'whole', from, to, warnings: [] });
      }
    }
  });

  it('of a range that no seal covers says so', () => {
    const { commits } = sealedLedger();
    const lines = [
      ...bundleLines({
        range: commits.slice(22),
        hashes: [],
        seal: null,
        keys: commits.slice(0, 1),
      }),
    ];
    expect(verifyBundle(lines, { trust: null })).toMatchObject({
      status: 'whole',
      warnings: ['no seal covers the range yet'],
    });
  });

  it('does not count for somebody who trusts another key', () => {
    const lines = bundleOf(sealedLedger(), 5, 9);
    expect(verifyBundle(lines, { trust: freshKey().fingerprint })).toMatchObject({
      status: 'whole',
      warnings: [
        'the key of the seal did not count there: no key that counts had endorsed it, or one had revoked it',
      ],
    });
  });

  it('counts though its key was revoked later, whatever the order of its exhibits', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.present(second);
    ledger.judge(ledger.key, 'endorsed', second);
    ledger.work(3);
    ledger.seal(second);
    ledger.judge(ledger.key, 'revoked', second);
    const { commits } = ledger;
    const [head = '', schemas = '', ...rest] = bundleLines({
      range: commits.slice(3, 6),
      hashes: commits.slice(0, 6).map(({ hash }) => hash),
      seal: commits[6] ?? null,
      keys: [...commits.slice(0, 3), ...commits.slice(7)],
    });
    const exhibits = rest.slice(0, 5);
    for (const inOrder of [exhibits, exhibits.toReversed()]) {
      const check = verifyBundle([head, schemas, ...inOrder, ...rest.slice(5)], { trust: null });
      expect(check).toMatchObject({ status: 'whole', warnings: [] });
    }
  });

  it('does not count by an endorsement that came after the seal', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.present(second);
    ledger.work(3);
    ledger.seal(second);
    ledger.judge(ledger.key, 'endorsed', second);
    const { commits } = ledger;
    const lines = bundleLines({
      range: commits.slice(2, 5),
      hashes: commits.slice(0, 5).map(({ hash }) => hash),
      seal: commits[5] ?? null,
      keys: [...commits.slice(0, 2), ...commits.slice(6)],
    });
    expect(verifyBundle([...lines], { trust: null })).toMatchObject({
      status: 'whole',
      warnings: [
        'the key of the seal did not count there: no key that counts had endorsed it, or one had revoked it',
      ],
    });
  });

  it('of a ledger with seals of the old form is whole as it was', () => {
    const ledger = new SampleLedger(freshKey(), 1);
    ledger.work(3);
    ledger.sealAsBefore(ledger.key);
    const { commits } = ledger;
    const lines = bundleLines({
      range: commits.slice(1, 3),
      hashes: commits.slice(0, 4).map(({ hash }) => hash),
      seal: commits[4] ?? null,
      keys: commits.slice(0, 1),
    });
    expect(verifyBundle([...lines], { trust: null })).toMatchObject({
      status: 'whole',
      warnings: [],
    });
  });

  it('does not hide a character that was changed anywhere', () => {
    const seed = 20_261_123;
    const chance = seededRandomness(seed);
    const text = bundleOf(sealedLedger(), 5, 9).join('\n');
    const survivors: string[] = [];
    for (let trial = 0; trial < 400; trial += 1) {
      const at = chance.integer(text.length);
      const was = text[at] ?? '';
      const now = was === 'a' ? 'b' : 'a';
      const changed = `${text.slice(0, at)}${now}${text.slice(at + 1)}`;
      const check = verifyBundle(changed.split('\n'), { trust: null });
      if (check.status === 'whole') survivors.push(`seed ${seed}: ${at} ${was}→${now}`);
    }
    expect(survivors).toEqual([]);
  });

  it('does not hide a line that is gone, doubled, or at another place', () => {
    const lines = bundleOf(sealedLedger(), 5, 9);
    for (let at = 1; at < lines.length; at += 1) {
      const gone = lines.toSpliced(at, 1);
      const check = verifyBundle(gone, { trust: null });
      expect({ at, status: check.status }).toEqual({ at, status: 'damaged' });
    }
    const swapped = [...lines.slice(0, -2), lines.at(-1) ?? '', lines.at(-2) ?? ''];
    expect(verifyBundle(swapped, { trust: null }).status).toBe('damaged');
  });

  it('is not mistaken for one when it is another file', () => {
    expect(verifyBundle(['{}'], { trust: null }).status).toBe('not-a-bundle');
    expect(verifyBundle(['hello'], { trust: null }).status).toBe('not-a-bundle');
  });
});
