import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../run.js';
import { testIo } from '../../testing/test-io.js';

describe('an audit of a folder without a ledger', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oakring-audit-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function complaint(): Promise<string> {
    const io = testIo();
    expect(await run(['audit', 'verify', '--store', folder], io, {})).toBe(3);
    return io.complained();
  }

  it('says how to name the one that is meant', async () => {
    expect(await complaint()).toContain(`There is no ledger in ${folder}. Name the one`);
  });

  it('names the ledger that is in it', async () => {
    await mkdir(join(folder, 'ledger'));
    await writeFile(join(folder, 'ledger', 'data.mdb'), '');
    expect(await complaint()).toContain(`--store ${join(folder, 'ledger')}`);
  });

  it.each([{ range: ['--all'] }, { range: ['--from', '1', '--to', '2'] }])(
    'leaves what was exported before: $range',
    async ({ range }) => {
      const out = join(folder, 'exported');
      const argv = ['audit', 'export', '--store', folder, '--out', out, ...range];
      expect(await run(argv, testIo(), {})).toBe(3);
      // An empty file would be read as a ledger without commits.
      expect(await readdir(folder)).toEqual([]);
      await writeFile(out, 'of yesterday');
      expect(await run(argv, testIo(), {})).toBe(3);
      expect(await readdir(folder)).toEqual(['exported']);
      expect(await readFile(out, 'utf8')).toBe('of yesterday');
    },
  );
});
