import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
});
