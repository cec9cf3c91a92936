import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { encodeStoredCommit } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { typescriptArguments } from '../../../infra/typescript/typescript-arguments.js';
import { verifyAndFold, type Seen } from '../testing/programs/verify-and-fold.js';

function inABrowser(lines: readonly string[], trust: string): Seen {
  const program = typescriptArguments('libs/model/testing/programs/in-a-browser.ts');
  const flags = [
    '--experimental-vm-modules',
    '--experimental-import-meta-resolve',
    '--no-warnings',
  ];
  const input = JSON.stringify({ lines, trust });
  return JSON.parse(
    execFileSync(process.execPath, [...flags, ...program], {
      ...{ input, encoding: 'utf8', maxBuffer: 2 ** 26 },
    }),
  );
}

describe('where there is no Node', () => {
  it('a ledger is verified with its seals and folded, to the same verdict and the same bytes', () => {
    const ledger = new SampleLedger(freshKey());
    const second = freshKey();
    ledger.work(5);
    ledger.present(second);
    ledger.judge(ledger.key, 'endorsed', second);
    ledger.seal(second);
    const lines = ledger.commits.map(encodeStoredCommit);
    const { fingerprint } = ledger.key;
    const seen = inABrowser(lines, fingerprint);
    expect(seen).toEqual(verifyAndFold(lines, fingerprint));
    expect(seen.verdict).toBe('sealed to 8');
  });

  it.each([
    ['seal', 'a seal whose signature is another'],
    ['hash', 'a commit that was changed'],
  ])('%s: %s is found, at the same place', (kind) => {
    const ledger = new SampleLedger(freshKey());
    ledger.work(3);
    if (kind === 'seal') ledger.seal({ ...freshKey(), fingerprint: ledger.key.fingerprint });
    const lines = ledger.commits.map(encodeStoredCommit);
    if (kind === 'hash') lines[2] = lines[2]?.replace('round 1', 'round 7') ?? '';
    const { fingerprint } = ledger.key;
    const seen = inABrowser(lines, fingerprint);
    expect(seen).toEqual(verifyAndFold(lines, fingerprint));
    expect(seen.verdict).toContain(kind);
  });

  it('every event that there is folds to the same bytes', () => {
    const golden = readFileSync('libs/events/golden/schema-5.ndjson', 'utf8').trim().split('\n');
    const seen = inABrowser(golden, '');
    expect(seen).toEqual(verifyAndFold(golden, ''));
    expect(Object.keys(JSON.parse(seen.views))).not.toEqual([]);
  });
});
