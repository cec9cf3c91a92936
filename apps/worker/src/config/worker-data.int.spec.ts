import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nothingRemembered } from '../memory/worker-store.port.js';
import { WorkerData } from './worker-data.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One start after the other: a folder has one worker. */
async function started(place: string): Promise<WorkerData> {
  const data = await WorkerData.open(place, 'oakring worker w1');
  await data.close();
  return data;
}

describe('The data folder of a worker', () => {
  it('has one worker: a second one is refused and names the holder; its start is not counted', async () => {
    const first = await WorkerData.open(folder, 'oakring worker w1');
    await expect(WorkerData.open(folder, 'oakring worker w1')).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringContaining(`in use by oakring worker w1, process ${process.pid}`),
    });
    await first.close();
    expect((await started(folder)).incarnation).toBe(2);
  });
});

describe('What a worker remembers', () => {
  it('is how often it started, in a folder that it makes', async () => {
    const place = join(folder, 'deep', 'down');
    expect((await started(place)).incarnation).toBe(1);
    expect((await started(place)).incarnation).toBe(2);
    expect(readFileSync(join(place, 'incarnation'), 'utf8')).toBe('2');
  });

  it('is the newest token', async () => {
    const data = await started(folder);
    expect(data.token).toBeNull();
    await data.keepToken('first');
    await data.keepToken('second');
    expect(data.token).toBe('second');
    expect((await started(folder)).token).toBe('second');
  });

  it('survives a crash between writing and renaming', async () => {
    await started(folder);
    writeFileSync(join(folder, 'incarnation.new'), '');
    expect((await started(folder)).incarnation).toBe(2);
  });

  it('is never written through a link that somebody planted', async () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'theirs');
    const place = join(folder, 'data');
    await started(place);
    for (const name of ['incarnation', 'token', 'memory.json']) {
      symlinkSync(victim, join(place, `${name}.new`));
    }
    const data = await started(place);
    await data.keepToken('mine');
    await data.remember(() => nothingRemembered);
    expect(readFileSync(victim, 'utf8')).toBe('theirs');
    expect(readFileSync(join(place, 'token'), 'utf8')).toBe('mine');
  });

  it.each(['', 'seven', '-1', '1.5', '99999999999999999999'])(
    'is not guessed: a count of %j stops the start and is left as it is',
    async (text) => {
      writeFileSync(join(folder, 'incarnation'), text);
      await expect(started(folder)).rejects.toMatchObject({
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
    await expect(started(place)).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });

  it('stops the start where the count is a folder', async () => {
    mkdirSync(join(folder, 'incarnation'));
    await expect(started(folder)).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });
});
