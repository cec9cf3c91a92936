import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryDataKeys } from '@oakring/stores';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { masterKeyAt } from './master-key.js';
import { SecretVault } from './secret-vault.js';

const binding = { ledger: 'c-1', name: 'db', version: 1 };
let folder = '';
let path = '';
let keys: MemoryDataKeys;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-vault-'));
  path = join(folder, 'secrets', 'master.key');
  keys = new MemoryDataKeys();
});
afterEach(() => rmSync(folder, { recursive: true }));

const own = () => SecretVault.open(keys, masterKeyAt(path, true));
const named = () => SecretVault.open(keys, masterKeyAt(path, false));

describe('A vault', () => {
  it('opens what it sealed, over a start, and keeps its key for its owner alone', async () => {
    const sealed = await (await own()).seal('hunter2', binding);
    expect(await (await own()).unseal(sealed, binding)).toBe('hunter2');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it.each([
    ['another name', { ...binding, name: 'other' }],
    ['another version', { ...binding, version: 2 }],
    ['another ledger', { ...binding, ledger: 'c-2' }],
  ])('opens nothing for %s', async (_, other) => {
    const vault = await own();
    expect(await vault.unseal(await vault.seal('hunter2', binding), other)).toBeNull();
  });

  it('has a key for each value, and forgets one without the others', async () => {
    const vault = await own();
    const first = await vault.seal('hunter2', binding);
    const second = await vault.seal('hunter3', { ...binding, version: 2 });
    await vault.forget([first.key]);
    expect(await vault.unseal(first, binding)).toBeNull();
    expect(await vault.unseal(second, { ...binding, version: 2 })).toBe('hunter3');
  });

  it('has one key though two ask at once for the first', async () => {
    const vault = await own();
    const sealed = await Promise.all(
      ['a', 'b', 'c'].map((value) => vault.seal(value, { ...binding, name: value })),
    );
    const again = await own();
    const opened = sealed.map((each, at) =>
      again.unseal(each, { ...binding, name: ['a', 'b', 'c'][at] ?? '' }),
    );
    expect(await Promise.all(opened)).toEqual(['a', 'b', 'c']);
  });

  it('makes no key before there is something to encrypt', async () => {
    await own();
    expect(() => statSync(path)).toThrow(/ENOENT/);
  });

  it('tells values apart by what nobody without its key can try', async () => {
    const vault = await own();
    const fingerprint = await vault.fingerprint('hunter2');
    expect(await vault.fingerprint('hunter2')).toBe(fingerprint);
    expect(await vault.fingerprint('hunter3')).not.toBe(fingerprint);
    keys = new MemoryDataKeys();
    rmSync(path);
    expect(await (await own()).fingerprint('hunter2')).not.toBe(fingerprint);
  });
});

describe('A start', () => {
  const refused = (why: RegExp) => ({
    ...{ code: 'secrets-key-unusable', message: expect.stringMatching(why) },
  });
  const given = (text: string, mode = 0o600): void => {
    path = join(folder, 'key');
    writeFileSync(path, text);
    chmodSync(path, mode);
  };

  it('takes the key that was named', async () => {
    given(`${'0a'.repeat(32)}\n`);
    const sealed = await (await named()).seal('hunter2', binding);
    expect(await (await named()).unseal(sealed, binding)).toBe('hunter2');
  });

  it.each([
    ['is not there', null, 0o600, /there is no such file/],
    ['is no key', 'hunter2', 0o600, /64 hexadecimal digits/],
    ['is cut', '0a'.repeat(31), 0o600, /64 hexadecimal digits/],
    ['others may read', '0a'.repeat(32), 0o640, /mode is 0640/],
  ])('is refused where the file that was named %s', async (_, text, mode, why) => {
    if (text !== null) given(text, mode);
    await expect(named()).rejects.toMatchObject(refused(why));
  });

  it('is refused with another key than the secrets are encrypted with', async () => {
    given('0a'.repeat(32));
    await (await named()).seal('hunter2', binding);
    given('0b'.repeat(32));
    await expect(named()).rejects.toMatchObject(refused(/another one/));
  });

  it('is refused where the key of what is kept is gone, or none is named', async () => {
    await (await own()).seal('hunter2', binding);
    rmSync(path);
    await expect(own()).rejects.toMatchObject(refused(/no such file/));
    await expect(SecretVault.open(keys, null)).rejects.toMatchObject(refused(/no file/));
  });

  it('goes well without a key where nothing is kept, and then keeps nothing', async () => {
    const vault = await SecretVault.open(keys, null);
    await expect(vault.seal('hunter2', binding)).rejects.toMatchObject({
      code: 'secrets-unavailable',
    });
    expect(await keys.mark()).toBeNull();
  });

  it('that came before the first secret finds out at the first one that it has no key, or another', async () => {
    const without = await SecretVault.open(keys, null);
    given('0b'.repeat(32));
    const other = await named();
    given('0a'.repeat(32));
    const sealed = await (await named()).seal('hunter2', binding);
    await expect(without.unseal(sealed, binding)).rejects.toMatchObject({
      code: 'secrets-unavailable',
    });
    await expect(other.unseal(sealed, binding)).rejects.toMatchObject(refused(/another one/));
    await expect(other.seal('hunter3', binding)).rejects.toMatchObject(refused(/another one/));
  });
});
