import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { allowedPath } from './host-paths.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-host-paths-'));
  for (const name of ['allowed/inside', 'outside'])
    mkdirSync(join(folder, name), { recursive: true });
  symlinkSync(join(folder, 'outside'), join(folder, 'allowed/out'));
  symlinkSync(join(folder, 'allowed'), join(folder, 'link'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ask = (path: string, prefix = 'allowed', isHere = true): Promise<string> =>
  allowedPath(join(folder, path), [join(folder, prefix)], isHere);

describe('A folder of the machine that a job asks for', () => {
  it('is given where its owner allows it, or one above it', async () => {
    expect(await ask('allowed')).toBe(join(folder, 'allowed'));
    expect(await ask('allowed/inside')).toBe(join(folder, 'allowed/inside'));
  });

  it('is given as what links lead to, also those of the prefix', async () => {
    expect(await ask('link/inside', 'link')).toBe(join(folder, 'allowed/inside'));
  });

  it('is not given where a link leads out of what is allowed', async () => {
    await expect(ask('allowed/out')).rejects.toMatchObject({
      fault: 'node',
      message: expect.stringMatching(/^not-allowed: .*allowed.out, which leads to .*outside, \(/),
    });
  });

  it('is not given beside what is allowed, nor where it is only called alike, nor where none is', async () => {
    for (const path of ['outside', 'allowed-too', 'allowed/missing']) {
      await expect(ask(path)).rejects.toMatchObject({ fault: 'node' });
    }
  });

  it('of an engine elsewhere is compared by its path alone', async () => {
    expect(await ask('allowed/missing', 'allowed', false)).toBe(join(folder, 'allowed/missing'));
    await expect(ask('outside', 'allowed', false)).rejects.toMatchObject({ fault: 'node' });
  });
});
