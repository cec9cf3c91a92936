import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CredentialFile } from './credential-file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-credential-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const credential = { node: 'n1', secret: 'secret', since: null, next: null };
const path = (): string => join(folder, 'credential.json');

describe('The credential of a node, on its machine', () => {
  it('is there for the next start, for its owner alone, and for its own node', async () => {
    await (await CredentialFile.open(folder)).keep(credential);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const again = await CredentialFile.open(folder);
    expect(again.of('n1')).toEqual(credential);
    expect(again.of('n2')).toBeNull();
  });

  it('is none before there is one', async () => {
    expect((await CredentialFile.open(folder)).of('n1')).toBeNull();
  });

  it('is never written through a link that somebody planted', async () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'theirs');
    symlinkSync(victim, `${path()}.new`);
    await (await CredentialFile.open(folder)).keep(credential);
    expect(readFileSync(victim, 'utf8')).toBe('theirs');
  });

  it.each([
    '',
    '{}',
    '[]',
    '{"node":"n1","secret":7}',
    '{"node":"n1","secret":"s","since":"soon"}',
  ])('is not guessed, nor written over: %j stops the start, and is not shown', async (text) => {
    writeFileSync(path(), text);
    await expect(CredentialFile.open(folder)).rejects.toMatchObject({
      code: 'data-folder-unusable',
      message: expect.stringContaining(`${path()} is not what a worker wrote`),
    });
    expect(readFileSync(path(), 'utf8')).toBe(text);
  });
});
