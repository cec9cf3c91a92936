import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../run.js';
import { storedLedger } from '../../testing/stored-ledger.js';
import { testIo } from '../../testing/test-io.js';

const key = freshKey();

/** The same beginning has the same commits. */
function ledgerOf(live: (ledger: SampleLedger) => void): SampleLedger {
  const ledger = new SampleLedger(key);
  ledger.work(40);
  ledger.seal(key);
  live(ledger);
  return ledger;
}

const older = ledgerOf(() => {});
const today = ledgerOf((ledger) => {
  ledger.work(30);
  ledger.seal(key);
});
const other = ledgerOf((ledger) => {
  ledger.seal(key);
  ledger.work(60);
});

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-checkpoint-'));
  file = join(folder, 'checkpoint');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function audit(...argv: string[]): Promise<[number, string, string]> {
  const io = testIo();
  const code = await run(['audit', ...argv], io, {});
  return [code, io.written(), io.complained()];
}

function exported(ledger: SampleLedger): string {
  const path = join(folder, `exported-${ledger.lines.length}`);
  writeFileSync(path, `${ledger.lines.join('\n')}\n`);
  return path;
}

describe('A file of "audit checkpoint"', () => {
  it('is small, and what came behind it is verified from there, in a store and in a backup', async () => {
    expect((await audit('checkpoint', exported(older), '--out', file))[0]).toBe(0);
    expect(statSync(file).size).toBeLessThan(100_000);
    const store = await storedLedger(join(folder, 'ledger'), today);
    for (const what of [['--store', store], [exported(today)]]) {
      const [code, out] = await audit('verify', ...what, '--from-checkpoint', file);
      const end = today.commits.length;
      expect([code, out]).toEqual([0, expect.stringContaining(`whole: positions 42–${end}, head`)]);
      expect(out).toContain('behind a checkpoint of 41 commits');
    }
    const trusted = ['--from-checkpoint', file, '--trust', key.fingerprint];
    expect((await audit('verify', '--store', store, ...trusted))[0]).toBe(0);
  });

  it('is refused where the ledger is older, another one, or was rewritten, and where the file was', async () => {
    await audit('checkpoint', exported(today), '--out', file);
    const from = ['--from-checkpoint', file];
    expect(await audit('verify', exported(older), ...from)).toEqual([
      ...[1, '', expect.stringContaining('THE LEDGER WENT BACK')],
    ]);
    expect(await audit('verify', exported(other), ...from)).toEqual([
      ...[1, '', expect.stringContaining('ANOTHER HISTORY')],
    ]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"epoch":1', '"epoch":2'));
    expect(await audit('verify', exported(today), ...from)).toEqual([
      ...[1, '', expect.stringContaining('is not to be trusted')],
    ]);
  });

  it('is of nothing where nobody signed, and held to nothing that may lie before it', async () => {
    const unsigned = new SampleLedger(key);
    const [code, , error] = await audit('checkpoint', exported(unsigned), '--out', file);
    expect([code, error]).toEqual([1, expect.stringContaining('No checkpoint')]);
    const known = ['--from-checkpoint', file, '--known', file];
    expect((await audit('verify', exported(today), ...known))[0]).toBe(2);
  });
});
