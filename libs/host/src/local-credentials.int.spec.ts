import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepAddress, keepTokens, keptToken, localToken, pageToken } from './local-credentials.js';

const admin = { name: 'admin-1', token: 'oakring_a' };
const scheduler = { name: 'scheduler-1', token: 'oakring_s' };
const url = 'http://127.0.0.1:10100';

describe('The credentials of a machine', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'oakring-credentials-'));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  const at = (name: string): string => join(data, 'credentials', name);
  const kept = (): Record<string, string> =>
    Object.fromEntries(readdirSync(at('')).map((name) => [name, readFileSync(at(name), 'utf8')]));

  it('are files that oakring, curl and mosquitto_pub take, for one user alone', () => {
    keepTokens(data, { admin, scheduler }, true);
    keepAddress(data, url);
    expect(kept()).toEqual({
      'admin.token': 'oakring_a\n',
      'scheduler.token': 'oakring_s\n',
      'admin.header': 'Authorization: Bearer oakring_a\n',
      mosquitto_pub: '-u admin-1\n-P oakring_a\n',
      mosquitto_sub: '-u admin-1\n-P oakring_a\n',
      'manager.url': `${url}\n`,
    });
    expect(statSync(at('')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(at(''))) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  });

  it('say nothing of a broker that is elsewhere', () => {
    keepTokens(data, { admin, scheduler }, true);
    keepTokens(data, { admin, scheduler }, false);
    expect(Object.keys(kept())).toEqual(['admin.header', 'admin.token', 'scheduler.token']);
  });

  it('are found by the folder of the data, for the manager that they are of and for no other', () => {
    keepTokens(data, { admin, scheduler }, true);
    const env = { OAKRING_DATA: data };
    // Whose they are is not known yet.
    expect(localToken(env, url)).toBeNull();
    keepAddress(data, url);
    for (const same of [url, 'http://localhost:10100', 'http://[::1]:10100/']) {
      expect([same, localToken(env, same)]).toEqual([same, 'oakring_a']);
    }
    expect(localToken(env, url, 'scheduler')).toBe('oakring_s');
    for (const other of ['http://127.0.0.1:10101', 'http://10.0.0.7:10100', 'http://evil:10100']) {
      expect([other, localToken(env, other)]).toEqual([other, null]);
    }
    expect(localToken({ OAKRING_DATA: join(data, 'none') }, url)).toBeNull();
  });

  it('are found at an address of this machine that is not loopback by that address only', () => {
    keepTokens(data, { admin, scheduler }, true);
    keepAddress(data, 'http://10.0.0.7:10100');
    const env = { OAKRING_DATA: data };
    expect(localToken(env, 'http://10.0.0.7:10100')).toBe('oakring_a');
    expect(localToken(env, 'http://127.0.0.1:10100')).toBeNull();
  });

  it('are of a worker what its page asks for, made once', () => {
    const token = pageToken(data);
    expect(kept()).toEqual({
      'page.token': `${token}\n`,
      'page.header': `Authorization: Bearer ${token}\n`,
    });
    expect(pageToken(data)).toBe(token);
    chmodSync(at('page.token'), 0o604);
    expect(pageToken(data)).not.toBe(token);
    expect(statSync(at('page.token')).mode & 0o777).toBe(0o600);
  });

  it('are worth nothing once others may have read them', () => {
    keepTokens(data, { admin, scheduler }, true);
    keepAddress(data, url);
    chmodSync(at('admin.token'), 0o640);
    expect(() => localToken({ OAKRING_DATA: data }, url)).toThrow(/Other users.*admin\.token/);
    expect([keptToken(data, 'admin'), keptToken(data, 'scheduler')]).toEqual([null, 'oakring_s']);
    // As a start does with another one.
    keepTokens(data, { admin: { ...admin, token: 'oakring_b' }, scheduler }, true);
    expect(localToken({ OAKRING_DATA: data }, url)).toBe('oakring_b');
  });
});
