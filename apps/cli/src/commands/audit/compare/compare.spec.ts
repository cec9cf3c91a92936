import { describe, expect, it } from '@jest/globals';
import { merkleRoot, type Commit } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { compareRoots, type Roots } from './roots.js';
import { compareStrands, type Comparison } from './strands.js';

const key = freshKey();
const long = ledgerOf((ledger) => ledger.work(20));
const other = ledgerOf((ledger) => {
  ledger.work(6);
  ledger.seal(key);
  ledger.work(20);
});

function ledgerOf(live: (ledger: SampleLedger) => void): readonly Commit[] {
  const ledger = new SampleLedger(key);
  live(ledger);
  return ledger.commits;
}

async function* strand(commits: readonly Commit[], from: number, to: number) {
  yield* commits.slice(from - 1, to);
}

describe('two histories', () => {
  type Part = readonly [commits: readonly Commit[], from: number, to: number];
  const compared = async (a: Part, b: Part): Promise<Comparison> =>
    compareStrands(strand(...a), strand(...b));

  it('are the same, wherever one of them begins', async () => {
    expect(await compared([long, 1, 21], [long, 1, 21])).toEqual({
      status: 'same',
      from: 1,
      to: 21,
    });
    expect(await compared([long, 1, 21], [long, 9, 21])).toEqual({
      status: 'same',
      from: 9,
      to: 21,
    });
  });

  it('continue one another: with an overlap, right after it, or from nothing', async () => {
    const expected = { status: 'continues', longer: 'B', to: 9, more: 12 };
    expect(await compared([long, 1, 9], [long, 1, 21])).toEqual(expected);
    expect(await compared([long, 3, 9], [long, 5, 21])).toEqual(expected);
    expect(await compared([long, 3, 9], [long, 10, 21])).toEqual(expected);
    expect(await compared([long, 10, 21], [long, 3, 9])).toEqual({ ...expected, longer: 'A' });
    const all = { status: 'continues', longer: 'A', to: 0, more: 21 };
    expect(await compared([long, 1, 21], [long, 1, 0])).toEqual(all);
  });

  it('fork at the first position that differs, with what each has there', async () => {
    const fork = { status: 'fork', position: 8, isExact: true, a: long[7], b: other[7] };
    expect(await compared([long, 1, 21], [other, 1, 21])).toEqual(fork);
    expect(await compared([long, 4, 10], [other, 8, 21])).toEqual(fork);
  });

  it('fork at the latest before what both show, where the first of that lies on others', async () => {
    expect(await compared([long, 10, 21], [other, 1, 21])).toEqual({
      ...{ status: 'fork', position: 9, isExact: false, a: null, b: other[8] },
    });
    expect(await compared([long, 3, 9], [other, 10, 21])).toEqual({
      ...{ status: 'fork', position: 9, isExact: false, a: long[8], b: null },
    });
  });

  it('are apart where a gap is between what they show', async () => {
    expect(await compared([long, 10, 12], [long, 2, 8])).toEqual({
      ...{ status: 'apart', a: { from: 10, to: 12 }, b: { from: 2, to: 8 } },
    });
  });
});

describe('two histories by their roots', () => {
  const roots = (commits: readonly Commit[]): Roots => ({
    size: commits.length,
    rootAt: async (size) => merkleRoot(commits.slice(0, size).map(({ hash }) => hash)),
  });

  it('say the same as their commits do', async () => {
    for (let to = 0; to <= other.length; to += 1) {
      const [a, b] = [long, other.slice(0, to)];
      const { status, ...more } = await compareStrands(strand(a, 1, 99), strand(b, 1, 99));
      const expected =
        'isExact' in more ? { status, position: more.position } : { status, ...more };
      expect(await compareRoots(roots(a), roots(b))).toEqual(expected);
    }
    expect(await compareRoots(roots(long), roots(long))).toMatchObject({ status: 'same', to: 21 });
  });
});
