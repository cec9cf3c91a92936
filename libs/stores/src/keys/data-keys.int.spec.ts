import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataKeyStoreContract } from './data-key-store.contract.js';
import { FolderDataKeys } from './folder-data-keys.js';
import { MemoryDataKeys } from './memory-data-keys.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-keys-'));
  folders.push(folder);
  return join(folder, 'keys');
}

describe('Keys in memory', () => {
  dataKeyStoreContract(async () => {
    const open = new MemoryDataKeys();
    return { open, again: () => open };
  });
});

describe('Keys in a folder', () => {
  dataKeyStoreContract(async () => {
    const folder = newFolder();
    return { open: new FolderDataKeys(folder), again: () => new FolderDataKeys(folder) };
  });

  it('are files for their owner alone, and make nothing before the first', async () => {
    const folder = newFolder();
    const keys = new FolderDataKeys(folder);
    await keys.read('a');
    await keys.remove('a');
    expect(readdirSync(join(folder, '..'))).toEqual([]);
    await keys.keep('a', 'wrapped');
    expect(readdirSync(folder)).toEqual(['a.key']);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'a.key')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    await keys.remove('a');
    expect(readdirSync(folder)).toEqual([]);
  });
});
