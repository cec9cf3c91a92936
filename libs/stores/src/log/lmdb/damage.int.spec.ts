import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { open } from 'lmdb';
import { seededRandomness } from '@oakring/ports';
import { emptyHead, encodeStoredCommit, verifyChain } from '@oakring/events';
import { commitMaker } from '@oakring/events/testing';
import { openLmdbEventLog } from './lmdb-event-log.js';

const commitCount = 300;

describe('A damaged lmdb log', () => {
  let sound = '';
  let folder = '';
  const data = (): string => join(folder, 'data.mdb');

  beforeAll(async () => {
    sound = mkdtempSync(join(tmpdir(), 'oakring-sound-'));
    const log = await openLmdbEventLog(sound);
    const maker = commitMaker(emptyHead);
    for (let count = 1; count <= commitCount; count += 1) {
      // Some commits are larger than a page, the last one too.
      const size = count % 50 === 0 ? 40 : 1 + (count % 3);
      const commit = maker.next(Array.from({ length: size }, (_, index) => `s-${index}`));
      await log.append(commit);
      maker.keep(commit);
    }
    await log.close();
  });
  afterAll(() => rmSync(sound, { recursive: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-damaged-'));
    copyFileSync(join(sound, 'data.mdb'), data());
    copyFileSync(join(sound, 'lock.mdb'), join(folder, 'lock.mdb'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const expectRefusal = async (message: RegExp, code = 'log-damaged'): Promise<void> => {
    const before = contents(folder);
    const opening = openLmdbEventLog(folder);
    await expect(opening).rejects.toMatchObject({
      name: 'OakringError',
      code,
      message: expect.stringMatching(message),
    });
    await expect(opening).rejects.toThrow(folder);
    expect(contents(folder)).toEqual(before);
  };
  const edit = (change: (bytes: Buffer) => void): void => {
    const bytes = readFileSync(data());
    change(bytes);
    writeFileSync(data(), bytes);
  };
  /** Changes entries as another program might, which knows nothing of the rules. */
  const meddle = async (
    change: (put: (position: number, text: string | null) => void) => void,
  ): Promise<void> => {
    const root = open({ path: folder, overlappingSync: false, maxDbs: 4 });
    const commits = root.openDB<string, number>({ name: 'commits', encoding: 'string' });
    await root.transaction(() =>
      change((position, text) => {
        if (text === null) commits.remove(position);
        else commits.put(position, text);
      }),
    );
    await root.close();
  };

  it('is refused when a byte of the newest commit is flipped', async () => {
    edit((bytes) => {
      const at = bytes.lastIndexOf(`commit-${commitCount}-`);
      bytes[at] = (bytes[at] ?? 0) ^ 0x20;
    });
    await expectRefusal(new RegExp(`damaged at position ${commitCount} \\(hash\\)`));
  });

  it('is refused when its file is cut off anywhere', async () => {
    const { length } = readFileSync(data());
    for (const size of [length - 1, length - 4096, Math.floor(length / 2), 9000, 4096, 100, 1, 0]) {
      copyFileSync(join(sound, 'data.mdb'), data());
      truncateSync(data(), size);
      await expectRefusal(/\(data-file\): (it is cut off at|the file ends inside a meta page)/);
    }
  });

  it('is refused when its meta pages are garbage', async () => {
    edit((bytes) => bytes.fill(0x5a, 0, 200));
    await expectRefusal(/a meta page is not one/);
    copyFileSync(join(sound, 'data.mdb'), data());
    edit((bytes) => bytes.fill(0, 4096, 4300));
    await expectRefusal(/a meta page is not one/);
  });

  it('is refused when it is not an lmdb file at all', async () => {
    writeFileSync(data(), 'this is something else entirely\n'.repeat(1000));
    await expectRefusal(/a meta page is not one/);
  });

  it('is refused when its data file is gone', async () => {
    unlinkSync(data());
    await expectRefusal(/data\.mdb is gone/);
  });

  it('is refused when the newest commit is not JSON, or has a field of another type', async () => {
    await meddle((put) => put(commitCount, 'not json'));
    await expectRefusal(new RegExp(`at position ${commitCount} \\(not-a-commit\\)`));
    const [text] = await storedTexts(sound, commitCount);
    await meddle((put) => put(commitCount, text?.replace('"epoch":1', '"epoch":"1"') ?? ''));
    await expectRefusal(/\(field\): epoch is not an integer/);
    await meddle((put) => put(commitCount, ` ${text}`));
    await expectRefusal(/\(not-a-commit\): its text is not the canonical one/);
  });

  it('is refused when positions do not reach from 1 to the head', async () => {
    await meddle((put) => put(1, null));
    await expectRefusal(/at position 1 \(gap\)/);
  });

  it('is refused when a position in the middle is missing', async () => {
    await meddle((put) => put(17, null));
    await expectRefusal(/\(gap\): the commit there says that it is number 300/);
  });

  it('is found while replaying when an old commit was changed', async () => {
    const [text] = await storedTexts(sound, 7);
    await meddle((put) => put(7, text?.replace('a sample', 'a simple') ?? ''));
    const log = await openLmdbEventLog(folder);
    const commits = await log.read({ from: 1, limit: 1000 });
    await log.close();
    expect(verifyChain(commits, emptyHead)).toMatchObject({
      status: 'damaged',
      damage: { position: 7, kind: 'hash' },
    });
  });

  it('is refused while reading when an old commit has no commit in it', async () => {
    await meddle((put) => put(7, '{"_id":7}'));
    const log = await openLmdbEventLog(folder);
    await expect(log.read({ from: 1, limit: 1000 })).rejects.toMatchObject({ code: 'log-damaged' });
    await log.close();
  });

  it('is refused or found by its chain, wherever a page is overwritten', async () => {
    const seed = 20261123;
    const random = seededRandomness(seed);
    const pages = readFileSync(data()).length / 4096;
    for (let round = 0; round < 40; round += 1) {
      const page = random.integer(pages);
      copyFileSync(join(sound, 'data.mdb'), data());
      const file = openSync(data(), 'r+');
      writeSync(file, Buffer.alloc(4096, 1 + random.integer(255)), 0, 4096, page * 4096);
      closeSync(file);
      const verdict = await verdictOn(folder);
      // A page that nothing points to any more is nobody's loss: then the log is whole.
      expect(`seed ${seed}, page ${page}: ${verdict}`).toMatch(/log-damaged|damaged|intact, 300$/);
    }
  });
});

describe('A folder that cannot hold a log', () => {
  it('is refused as unusable when it is a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oakring-file-'));
    const file = join(folder, 'ledger');
    writeFileSync(file, 'a file');
    await expect(openLmdbEventLog(file)).rejects.toMatchObject({ code: 'data-folder-unusable' });
    await expect(openLmdbEventLog(join(file, 'below'))).rejects.toMatchObject({
      code: 'data-folder-unusable',
      message: expect.stringContaining(join(file, 'below')),
    });
    expect(readFileSync(file, 'utf8')).toBe('a file');
    rmSync(folder, { recursive: true });
  });

  it('is refused as unusable when its data file is a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oakring-file-'));
    mkdirSync(join(folder, 'data.mdb'));
    await expect(openLmdbEventLog(folder)).rejects.toMatchObject({ code: 'data-folder-unusable' });
    rmSync(folder, { recursive: true });
  });
});

function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

async function storedTexts(folder: string, position: number): Promise<string[]> {
  const log = await openLmdbEventLog(folder);
  const commits = await log.read({ from: position, limit: 1 });
  await log.close();
  return commits.map(encodeStoredCommit);
}

async function verdictOn(folder: string): Promise<string> {
  try {
    const log = await openLmdbEventLog(folder);
    try {
      const commits = await log.read({ from: 1, limit: 1000 });
      const check = verifyChain(commits, emptyHead);
      return `${check.status}, ${commits.length}`;
    } finally {
      await log.close();
    }
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
