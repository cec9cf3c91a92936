import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../run.js';
import { closeManager, oakring } from '../../testing/run-oakring.js';
import { servedLedger } from '../../testing/served-ledger.js';
import { testIo } from '../../testing/test-io.js';

const key = freshKey();

/** The same beginning has the same commits. */
function ledgerOf(live: (ledger: SampleLedger) => void): SampleLedger {
  const ledger = new SampleLedger(key);
  ledger.work(30);
  ledger.seal(key);
  live(ledger);
  return ledger;
}

const before = ledgerOf(() => {});
const today = ledgerOf((ledger) => ledger.work(12));
const other = ledgerOf((ledger) => {
  ledger.seal(key);
  ledger.work(12);
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'oakring-backup-')), 'kept');
  file = join(folder, 'ledger.commits');
});
afterEach(async () => {
  await closeManager();
  rmSync(join(folder, '..'), { recursive: true });
});

function backup(ledger: SampleLedger, how: Parameters<typeof servedLedger>[1] = {}) {
  return oakring(['backup', '--to', folder], servedLedger(ledger, how));
}

function linesOf(path = file): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

describe('A backup', () => {
  it('is the ledger, for its owner alone, as an audit verifies it', async () => {
    const { code, out } = await backup(before);
    const { hash } = before.commits.at(-1) ?? {};
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`positions 1–${before.lines.length}, head ${hash}`),
    ]);
    expect(linesOf()).toEqual(before.lines);
    expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    const io = testIo();
    expect(await run(['audit', 'verify', file, '--trust', key.fingerprint], io, {})).toBe(0);
    expect(io.written()).toContain('whole: positions 1–');
  });

  it('is one file where that is named', async () => {
    const path = join(folder, '..', 'one.ledger');
    expect((await oakring(['backup', '--to', path], servedLedger(before))).code).toBe(0);
    expect(linesOf(path)).toEqual(before.lines);
  });

  it('asks for what is new only, the second time', async () => {
    await backup(before);
    const { code, out, asked } = await backup(today);
    expect([code, out]).toEqual([0, expect.stringContaining('12 commits new')]);
    expect(linesOf()).toEqual(today.lines);
    expect(asked.map(({ url }) => url)).toContain(
      `/api/v1/ledger/commits?from=${before.lines.length}`,
    );
    const again = await backup(today);
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('0 commits new')]);
  });

  it('says how far it is sealed', async () => {
    const [note = ''] = notesIn(today);
    const { out } = await backup(today, { note });
    expect(out).toContain(
      `sealed up to position 31 by key ${key.fingerprint}; 13 commits after it`,
    );
  });

  it('that was interrupted goes on where it stopped, and is no backup until then', async () => {
    const cut = await backup(today, { cutAfter: 20 });
    expect([cut.code, readdirSync(folder)]).toEqual([
      3,
      expect.arrayContaining(['ledger.commits.partial']),
    ]);
    const restored = await oakring(
      ['restore', '--from', folder, '--store', join(folder, 'new')],
      {},
    );
    expect([restored.code, restored.error]).toEqual([
      3,
      expect.stringContaining('was interrupted before it was whole'),
    ]);
    const { code, asked } = await backup(today);
    expect([code, linesOf()]).toEqual([0, today.lines]);
    expect(asked.map(({ url }) => url)).toContain('/api/v1/ledger/commits?from=20');
  });

  it('takes up a line that was not written to its end', async () => {
    await backup(before);
    appendFileSync(file, today.lines[before.lines.length]?.slice(0, 40) ?? '');
    expect((await backup(today)).code).toBe(0);
    expect(linesOf()).toEqual(today.lines);
    appendFileSync(file, '{"_id":');
    expect((await backup(today)).code).toBe(0);
    expect(linesOf()).toEqual(today.lines);
  });

  it('of another history is refused with the position, and left as it is', async () => {
    await backup(other);
    const { code, error } = await backup(today);
    const at = before.lines.length + 1;
    expect([code, error]).toEqual([
      1,
      expect.stringContaining(`they differ from position ${at} on`),
    ]);
    expect(linesOf()).toEqual(other.lines);
  });

  it('of a cluster that went back is refused: it has what the cluster has not', async () => {
    await backup(today);
    const { code, error } = await backup(before);
    const [end, had] = [before.lines.length, today.lines.length];
    expect([code, error]).toEqual([
      1,
      expect.stringContaining(`ends at position ${end}, and the backup in ${file} at ${had}`),
    ]);
    expect(linesOf()).toEqual(today.lines);
  });

  it('does not take a damaged commit from a manager', async () => {
    const lines = before.lines.with(4, before.lines[4]?.replace('round', 'ROUND') ?? '');
    const damaged = { lines, commits: before.commits };
    const { code, error } = await oakring(['backup', '--to', folder], servedLedger(damaged));
    expect([code, error]).toEqual([1, expect.stringContaining('damaged: position 5, hash')]);
  });
});

/** The notes of checkpoints in it. */
function notesIn({ commits }: SampleLedger): string[] {
  return commits.flatMap(({ events }) => {
    const parsed = JSON.parse(events) as { type: string; data: { note: string } }[];
    return parsed.filter(({ type }) => type === 'CheckpointSigned').map(({ data }) => data.note);
  });
}
