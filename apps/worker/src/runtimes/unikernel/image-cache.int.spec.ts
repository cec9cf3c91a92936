import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { forgetHalfFetched, makeRoom, noteUse } from './image-cache.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-images-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('Fetched images', () => {
  it('that were used longest ago go first, once there are too many', async () => {
    for (const [at, name] of ['a', 'b', 'c'].entries()) {
      writeFileSync(join(folder, name), 'x'.repeat(100));
      await noteUse(join(folder, name), 1_000_000 + at * 1_000);
    }
    await noteUse(join(folder, 'a'), 2_000_000);
    await makeRoom(folder, 250);
    expect(readdirSync(folder)).toEqual(['a', 'c']);
  });

  it('all stay while there is room', async () => {
    writeFileSync(join(folder, 'a'), 'x'.repeat(100));
    await makeRoom(folder, 100);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('are gone where a worker was killed half way', async () => {
    for (const name of ['a', 'b.start-1.part']) writeFileSync(join(folder, name), 'x');
    await forgetHalfFetched(folder);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('need not be there at all', async () => {
    await forgetHalfFetched(join(folder, 'none'));
    await makeRoom(join(folder, 'none'), 0);
  });
});
