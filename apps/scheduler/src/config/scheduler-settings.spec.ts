import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSchedulerSettings } from './scheduler-settings.js';

describe('the settings of a scheduler', () => {
  it('have defaults for a manager on the same machine', () => {
    expect(readSchedulerSettings({ OAKRING_ALLOW_OPEN: 'true' })).toMatchObject({
      host: '127.0.0.1',
      schedulerPort: 10105,
      managerUrl: 'http://127.0.0.1:10100',
      token: null,
    });
  });

  it('are refused with every bad variable named', () => {
    const env = { OAKRING_SCHEDULER_PORT: 'x', OAKRING_MANAGER_URL: 'ftp://m' };
    expect(() => readSchedulerSettings(env)).toThrow(
      /OAKRING_SCHEDULER_PORT[^]*OAKRING_MANAGER_URL/,
    );
  });

  it('are refused where nothing keeps strangers out and no manager of this machine has made a token', () => {
    const none = { OAKRING_DATA: '/nowhere' };
    expect(() => readSchedulerSettings(none)).toThrow(/OAKRING_SCHEDULER_TOKEN.*OAKRING_DATA/);
  });

  it('count what a manager of this machine made for it beyond loopback, too', () => {
    const data = mkdtempSync(join(tmpdir(), 'oakring-scheduler-'));
    const folder = join(data, 'credentials');
    mkdirSync(folder, { mode: 0o700 });
    for (const [name, text] of [
      ['scheduler.token', 'made'],
      ['manager.url', 'http://127.0.0.1:10100'],
    ] as const)
      writeFileSync(join(folder, name), text, { mode: 0o600 });
    const env = { OAKRING_DATA: data, OAKRING_HOST: '0.0.0.0' };
    expect(readSchedulerSettings({ ...env, OAKRING_TLS: 'proxy' }).schedulerToken).toBe('made');
    expect(() => readSchedulerSettings(env)).toThrow('oakring certs init');
    rmSync(data, { recursive: true });
  });

  it('are refused beyond loopback without a token, unless that is asked for', () => {
    const open = { OAKRING_HOST: '0.0.0.0', OAKRING_TLS: 'proxy' };
    expect(() => readSchedulerSettings(open)).toThrow(/OAKRING_ALLOW_OPEN/);
    const plain = { ...open, OAKRING_TOKEN: 's', OAKRING_TLS: 'auto', OAKRING_DATA: '/nowhere' };
    expect(() => readSchedulerSettings(plain)).toThrow('oakring certs init --data /nowhere');
    expect(readSchedulerSettings({ ...open, OAKRING_TOKEN: 's' }).token).toBe('s');
    const own = readSchedulerSettings({ ...open, OAKRING_SCHEDULER_TOKEN: 'own' });
    expect([own.token, own.schedulerToken]).toEqual([null, 'own']);
    expect(readSchedulerSettings({ ...open, OAKRING_ALLOW_OPEN: 'true' }).host).toBe('0.0.0.0');
  });
});
