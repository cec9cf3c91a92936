import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkerData } from './worker-data.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('What a worker remembers', () => {
  it('is how often it started, in a folder that it makes', async () => {
    const place = join(folder, 'deep', 'down');
    expect((await WorkerData.open(place)).incarnation).toBe(1);
    expect((await WorkerData.open(place)).incarnation).toBe(2);
    expect(readFileSync(join(place, 'incarnation'), 'utf8')).toBe('2');
  });

  it('is the newest token', async () => {
    const data = await WorkerData.open(folder);
    expect(data.token).toBeNull();
    await data.keepToken('first');
    await data.keepToken('second');
    expect(data.token).toBe('second');
    expect((await WorkerData.open(folder)).token).toBe('second');
  });

  it('survives a crash between writing and renaming', async () => {
    await WorkerData.open(folder);
    writeFileSync(join(folder, 'incarnation.new'), '');
    expect((await WorkerData.open(folder)).incarnation).toBe(2);
  });

  it.each(['', 'seven', '-1', '1.5', '99999999999999999999'])(
    'is not guessed: a count of %j stops the start and is left as it is',
    async (text) => {
      writeFileSync(join(folder, 'incarnation'), text);
      await expect(WorkerData.open(folder)).rejects.toMatchObject({
        code: 'data-folder-unusable',
        message: expect.stringMatching(/incarnation holds ".*", not the number of a start/),
      });
      expect(readdirSync(folder)).toEqual(['incarnation']);
      expect(readFileSync(join(folder, 'incarnation'), 'utf8')).toBe(text);
    },
  );

  it('stops the start where there is a file in place of the folder', async () => {
    const place = join(folder, 'file');
    writeFileSync(place, '');
    await expect(WorkerData.open(place)).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });

  it('stops the start where the count is a folder', async () => {
    mkdirSync(join(folder, 'incarnation'));
    await expect(WorkerData.open(folder)).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });
});
