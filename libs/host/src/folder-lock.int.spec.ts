import { once } from 'node:events';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { typescriptArguments } from '../../../infra/typescript/typescript-arguments.js';
import { lockFolder, type FolderLock } from './folder-lock.js';

const holder = { pid: process.pid, what: 'oakring up' };

describe('The lock of a folder', () => {
  let folder = '';
  const locks: FolderLock[] = [];
  const lock = async (path: string, what = holder): Promise<FolderLock> => {
    const taken = await lockFolder(path, what);
    locks.push(taken);
    return taken;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-lock-'));
  });
  afterEach(async () => {
    for (const taken of locks.splice(0)) await taken.release();
    rmSync(folder, { recursive: true });
  });

  it('refuses a second one and names the holder', async () => {
    await lock(folder, { pid: 4711, what: 'oakring demo' });
    await expect(lock(folder)).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringMatching(/in use by oakring demo, process 4711/),
      value: 4711,
    });
    expect(readdirSync(folder)).toEqual(['holder.sock']);
  });

  it('is free again once released, and leaves nothing behind', async () => {
    const first = await lockFolder(folder, holder);
    await first.release();
    expect(readdirSync(folder)).toEqual([]);
    await lock(folder);
  });

  it('vanishes when its holder is killed', async () => {
    const program = typescriptArguments('libs/host/testing/programs/hold-folder.ts');
    const child = spawn(process.execPath, [...program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(lock(folder)).rejects.toMatchObject({ value: child.pid });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(folder)).toEqual(['holder.sock']);
    await lock(folder);
  });

  it('is held by exactly one of many that start at once, over a stale one or none', async () => {
    for (let round = 0; round < 20; round += 1) {
      const place = join(folder, `round-${round}`);
      mkdirSync(place, { mode: 0o700 });
      if (round % 2 === 0) writeFileSync(join(place, 'holder.sock'), '');
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lock(place)));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(readdirSync(place)).toEqual(['holder.sock']);
    }
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const deep = join(folder, 'a'.repeat(100), 'b'.repeat(100));
    await lock(deep);
    await expect(lock(deep)).rejects.toMatchObject({ code: 'data-folder-in-use' });
    expect(readdirSync(deep)).toEqual(['holder.sock']);
  });

  it('refuses a folder that is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(lock(file)).rejects.toMatchObject({ code: 'data-folder-unusable' });
    mkdirSync(join(folder, 'other'), { mode: 0o700 });
    await lock(join(folder, 'other'));
  });

  it('refuses a folder that others can look into, naming the remedy, and changes nothing', async () => {
    const wide = join(folder, 'wide');
    mkdirSync(wide);
    for (const mode of [0o755, 0o750, 0o701]) {
      chmodSync(wide, mode);
      await expect(lock(wide)).rejects.toMatchObject({
        code: 'data-folder-open',
        message: expect.stringContaining(`(mode 0${mode.toString(8)}): chmod -R go-rwx ${wide}`),
      });
    }
    expect(readdirSync(wide)).toEqual([]);
    chmodSync(wide, 0o700);
    await lock(wide);
  });

  it('makes a new folder, and those above it, for its owner alone', async () => {
    await lock(join(folder, 'new', 'deeper'));
    for (const made of ['new', 'new/deeper'])
      expect(statSync(join(folder, made)).mode & 0o777).toBe(0o700);
  });
});
