import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeManager, oakring } from '../../testing/run-oakring.js';
import { servedLedger } from '../../testing/served-ledger.js';

const ledger = new SampleLedger(freshKey());
ledger.work(3);
const env = { OAKRING_BACKUP_PASSPHRASE: 'three words here' };

let folder: string;
let data: string;
let kept: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-keys-'));
  [data, kept] = [join(folder, 'data'), join(folder, 'kept')];
  mkdirSync(data);
  writeFileSync(join(data, 'seal-key.pem'), 'a private key');
  writeFileSync(join(data, 'cluster-secret'), Buffer.alloc(32, 7));
});
afterEach(async () => {
  await closeManager();
  rmSync(folder, { recursive: true });
});

function backup(...more: string[]) {
  return oakring(['backup', '--to', kept, ...more], servedLedger(ledger), { env });
}

function restore(more: readonly string[], options: Parameters<typeof oakring>[2] = { env }) {
  return oakring(['restore', '--from', kept, ...more], {}, options);
}

describe('The keys of a manager', () => {
  it('are left out of a backup, and that is said, unless its data folder is named', async () => {
    const { code, error } = await backup();
    expect([code, error]).toEqual([0, expect.stringContaining('Note: without keys')]);
    expect((await backup('--without-keys')).error).toBe('');
  });

  it('are in it so that only who has the passphrase can read them, and come back to a data folder', async () => {
    expect(await backup('--data', data)).toMatchObject({ code: 0, error: '' });
    const text = readFileSync(join(kept, 'keys.json'), 'utf8');
    expect(text).not.toContain(Buffer.from('a private key').toString('base64'));
    const fresh = join(folder, 'new');
    const words = join(folder, 'words');
    writeFileSync(words, 'three other words\n');
    const wrong = await restore(['--data', fresh, '--passphrase-file', words]);
    expect([wrong.code, wrong.error]).toEqual([
      1,
      expect.stringContaining('of another passphrase'),
    ]);
    writeFileSync(words, 'three words here\n');
    expect((await restore(['--data', fresh, '--passphrase-file', words], {})).code).toBe(0);
    expect(readFileSync(join(fresh, 'seal-key.pem'), 'utf8')).toBe('a private key');
    expect(readFileSync(join(fresh, 'cluster-secret'))).toEqual(Buffer.alloc(32, 7));
    expect(statSync(join(fresh, 'seal-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('stay in a backup that has them, which is no backup without', async () => {
    await backup('--data', data);
    const { code, out, error } = await backup();
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain('with the keys that it had');
    expect(readFileSync(join(kept, 'keys.json'), 'utf8')).not.toBe('');
  });

  it('are said to be put back, or not, and where', async () => {
    await backup('--data', data);
    const fresh = join(folder, 'new');
    expect((await restore(['--data', fresh])).out).toContain(
      `the keys of the backup are in ${fresh}`,
    );
    const without = await restore(['--data', join(folder, 'other'), '--without-keys']);
    expect(without.out).toContain('its keys were left in it (--without-keys)');
    rmSync(join(kept, 'keys.json'));
    expect((await restore(['--data', join(folder, 'third')])).out).toContain('it has no keys');
  });

  it('are not looked for with a passphrase that is nowhere', async () => {
    const nowhere = join(folder, 'nowhere');
    const { code, error } = await backup('--data', data, '--passphrase-file', nowhere);
    expect([code, error]).toEqual([
      2,
      expect.stringContaining(`The passphrase cannot be read from ${nowhere}: ENOENT`),
    ]);
  });

  it('are asked for where the backup has them: their passphrase, and where they go', async () => {
    await backup('--data', data);
    const nowhere = await restore(['--store', join(folder, 'ledger')]);
    expect([nowhere.code, nowhere.error]).toEqual([
      2,
      expect.stringContaining('name it with --data'),
    ]);
    const unsaid = await restore(['--data', join(folder, 'new')], {});
    expect([unsaid.code, unsaid.error]).toEqual([2, expect.stringContaining('--passphrase-file')]);
    const input = { input: 'three words here\n' };
    const fresh = ['--data', join(folder, 'new'), '--passphrase-file', '-'];
    expect((await restore(fresh, input)).code).toBe(0);
  });

  it('of another manager are not replaced', async () => {
    await backup('--data', data);
    const other = join(folder, 'other');
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(join(other, 'seal-key.pem'), 'another');
    const { code, error } = await restore(['--data', other]);
    expect([code, error]).toEqual([
      1,
      expect.stringContaining('is another key than that of the backup'),
    ]);
    expect((await restore(['--data', other, '--without-keys'])).code).toBe(0);
  });

  it.each([
    [['--data', 'x', '--without-keys'], 'name one of them'],
    [['--passphrase-file', 'x'], '--data names the folder'],
  ])('are not asked for by halves: %j', async (more, why) => {
    const { code, error } = await backup(...more);
    expect([code, error]).toEqual([2, expect.stringContaining(why)]);
  });
});
