import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPlace, volumeFolder } from './volume-places.js';

const isRoot = process.getuid?.() === 0;
const user = { uid: 4242, gid: 4242, groups: [4242], name: 'jobs', home: '/' };

let folder = '';
let victim = '';
let open = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-places-'));
  chmodSync(folder, 0o755);
  victim = join(folder, 'victim');
  mkdirSync(victim, { mode: 0o700 });
  open = join(folder, 'data-volumes');
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o7777;
const volume = () => volumeFolder({ closed: join(folder, 'data', 'volumes'), open }, 'shop', user);

describe('Where volumes of users lie', () => {
  it('is passed through by all and written by the worker alone, also after systemd has closed it', async () => {
    await openPlace(open);
    expect(modeOf(open)).toBe(0o711);
    chmodSync(open, 0o700);
    await openPlace(open);
    expect(modeOf(open)).toBe(0o711);
  });

  it('is no link that somebody has put there: what it leads to is left as it is', async () => {
    symlinkSync(victim, open);
    await refused(/is no folder \(or a link to one\)/);
    expect(modeOf(victim)).toBe(0o700);
  });

  it('is not where others may write, or may write above it; /tmp is such a folder, and is safe', async () => {
    mkdirSync(open);
    chmodSync(open, 0o777);
    await refused(/others may write .*data-volumes \(mode 777\)/);
    expect(modeOf(open)).toBe(0o777);
    chmodSync(open, 0o711);
    chmodSync(folder, 0o775);
    await refused(/others may write .*, above it \(mode 775\)/);
    chmodSync(folder, 0o1777);
    await openPlace(open);
  });

  (isRoot ? it : it.skip)('is nobody else’s, nor in what is somebody else’s', async () => {
    mkdirSync(open);
    chownSync(open, 4242, 4242);
    await refused(/belongs to uid 4242, not to the worker/);
    chownSync(open, 0, 0);
    chownSync(folder, 4242, 4242);
    await refused(/above it, belongs to uid 4242/);
  });

  (isRoot ? it : it.skip)(
    'has no volume that is a link: what it leads to is given to nobody',
    async () => {
      await openPlace(open);
      symlinkSync(victim, join(open, 'shop'));
      await expect(volume()).rejects.toMatchObject({
        message: expect.stringContaining('is no folder'),
      });
      expect(statSync(victim).uid).toBe(0);
      rmSync(join(open, 'shop'));
      expect(statSync(await volume()).uid).toBe(4242);
    },
  );
});

/** At a start of the worker, and where a job asks for a volume. */
async function refused(why: RegExp): Promise<void> {
  await expect(openPlace(open)).rejects.toMatchObject({
    code: 'data-folder-unusable',
    message: expect.stringMatching(why),
  });
  await expect(volume()).rejects.toMatchObject({
    fault: 'node',
    message: expect.stringMatching(why),
  });
}
