import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeFolder } from './make-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-make-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ownerOnly = 0o700;

describe('Making a folder', () => {
  it('makes those that it lies in, for their owner alone, however many ask at once', async () => {
    const deep = join(folder, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(deep, ownerOnly)));
    expect(statSync(deep).mode & 0o777).toBe(ownerOnly);
    await makeFolder(deep, ownerOnly);
  });

  it('fails where a file is in the way', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file', 'x'), ownerOnly)).rejects.toThrow('EEXIST');
    await expect(makeFolder(join(folder, 'file'), ownerOnly)).rejects.toThrow('EEXIST');
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('fails, and does not try for ever, where the system makes none', async () => {
    await expect(makeFolder('/proc/oakring/deeper', ownerOnly)).rejects.toThrow('ENOENT');
  });
});
