import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { encodeStoredCommit } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { verifyAndFold, type Seen } from '../testing/programs/verify-and-fold.js';

interface Ledger {
  readonly lines: readonly string[];
  readonly trust: string;
}

/** All of them in one process: to load everything costs seconds. */
function inABrowser(ledgers: readonly Ledger[]): readonly Seen[] {
  // Packages as they lie, not as specs have them: those are bundled for Node.
  const loader = ['--import', resolve('infra/typescript/register.js')];
  const program = [...loader, 'libs/model/testing/programs/in-a-browser.ts'];
  const flags = [
    '--experimental-vm-modules',
    '--experimental-import-meta-resolve',
    '--no-warnings',
  ];
  const input = JSON.stringify(ledgers);
  return JSON.parse(
    execFileSync(process.execPath, [...flags, ...program], {
      ...{ input, encoding: 'utf8', maxBuffer: 2 ** 26 },
    }),
  );
}

function sealed(): Ledger {
  const ledger = new SampleLedger(freshKey());
  const second = freshKey();
  ledger.work(5);
  ledger.present(second);
  ledger.judge(ledger.key, 'endorsed', second);
  ledger.seal(second);
  return { lines: ledger.commits.map(encodeStoredCommit), trust: ledger.key.fingerprint };
}

function damaged(kind: 'seal' | 'hash'): Ledger {
  const ledger = new SampleLedger(freshKey());
  ledger.work(3);
  if (kind === 'seal') ledger.seal({ ...freshKey(), fingerprint: ledger.key.fingerprint });
  const lines = ledger.commits.map(encodeStoredCommit);
  if (kind === 'hash') lines[2] = lines[2]?.replace('round 1', 'round 7') ?? '';
  return { lines, trust: ledger.key.fingerprint };
}

const ledgers = {
  sealed: sealed(),
  seal: damaged('seal'),
  hash: damaged('hash'),
  golden: {
    lines: readFileSync('libs/events/golden/schema-5.ndjson', 'utf8').trim().split('\n'),
    trust: '',
  },
};
type Name = keyof typeof ledgers;

describe('where there is no Node', () => {
  let all: ReadonlyMap<string, Seen>;
  beforeAll(() => {
    const seen = inABrowser(Object.values(ledgers)).values();
    all = new Map(Object.keys(ledgers).map((name) => [name, seen.next().value as Seen]));
  });

  /** What was seen of a ledger, the same as here. */
  function seenOf(name: Name): Seen {
    const { lines, trust } = ledgers[name];
    const here = verifyAndFold(lines, trust);
    expect(all.get(name)).toEqual(here);
    return here;
  }

  it('a ledger is verified with its seals and folded, to the same verdict and the same bytes', () => {
    expect(seenOf('sealed').verdict).toBe('sealed to 8');
  });

  it.each<[Name, string]>([
    ['seal', 'a seal whose signature is another'],
    ['hash', 'a commit that was changed'],
  ])('%s: %s is found, at the same place', (kind) => {
    expect(seenOf(kind).verdict).toContain(kind);
  });

  it('every event that there is folds to the same bytes', () => {
    expect(Object.keys(JSON.parse(seenOf('golden').views))).not.toEqual([]);
  });
});
