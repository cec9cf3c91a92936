import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownCheckpoints } from './known-checkpoints.js';

describe('the checkpoints that are kept', () => {
  let home: string;
  let folder: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'oakring-home-'));
    folder = join(home, '.config', 'oakring', 'checkpoints');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('lie where the XDG specification has it, and nowhere without a home', async () => {
    await KnownCheckpoints.of({ HOME: home, XDG_CONFIG_HOME: 'relative' })?.keep('c', 'note');
    expect(readdirSync(folder)).toEqual(['c']);
    const config = join(home, 'config');
    await KnownCheckpoints.of({ HOME: home, XDG_CONFIG_HOME: config })?.keep('d', 'note');
    expect(readdirSync(join(config, 'oakring', 'checkpoints'))).toEqual(['d']);
    expect(KnownCheckpoints.of({})).toBeNull();
  });

  it('are of so many clusters, and the one that was seen longest ago goes', async () => {
    const known = KnownCheckpoints.of({ HOME: home });
    mkdirSync(folder, { recursive: true });
    for (let cluster = 0; cluster < 256; cluster += 1) {
      writeFileSync(join(folder, `c-${cluster}`), 'note');
      utimesSync(join(folder, `c-${cluster}`), 1_000, 1_000 + ((cluster + 100) % 256));
    }
    await known?.keep('new', 'note');
    expect(readdirSync(folder)).toHaveLength(256);
    expect([known?.read('c-156'), known?.read('c-157'), known?.read('new')]).toEqual([
      null,
      'note',
      'note',
    ]);
  });

  it.each(['../out', '..', '', 'a/b'])(
    'are not led elsewhere by a cluster called "%s"',
    async (id) => {
      const known = KnownCheckpoints.of({ HOME: home });
      await known?.keep(id, 'note');
      expect([known?.read(id), existsSync(join(home, '.config'))]).toEqual([null, false]);
    },
  );
});
