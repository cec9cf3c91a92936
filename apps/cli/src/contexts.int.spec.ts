import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestCertificates } from '@oakring/certificates/testing';
import { managerAddress } from './commands/context.js';
import { run } from './run.js';
import { withContext } from './config/contexts.js';
import { testIo } from './testing/test-io.js';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'oakring-contexts-'));
});
afterEach(() => rm(home, { recursive: true }));

const file = (): string => join(home, 'oakring', 'config.json');

async function context(...argv: readonly string[]) {
  const io = testIo();
  const code = await run(['context', ...argv], io, { XDG_CONFIG_HOME: home });
  return { code, out: io.written(), error: io.complained() };
}

describe('contexts', () => {
  it('are added, listed, used and forgotten, for their owner alone', async () => {
    await context('add', 'berlin', '--url', 'http://berlin:1/', '--token', 'hush');
    await context('add', 'oslo', '--url', 'http://oslo:1', '--use');
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ current: 'oslo' });
    expect((await context('ls', '-o', 'name')).out).toBe('berlin\noslo\n');
    expect((await context('show')).out).toContain('http://oslo:1');
    await context('use', 'berlin');
    expect((await context('ls')).out).toMatch(
      /^\* +berlin +http:\/\/berlin:1 +kept +of this machine$/m,
    );
    await context('rm', 'berlin');
    expect((await context('show')).code).toBe(1);
    expect((await context('use', 'berlin')).code).toBe(2);
  });

  it('never show a token', async () => {
    await context('add', 'berlin', '--url', 'http://berlin:1', '--token', 'hush');
    for (const argv of [['ls'], ['show'], ['ls', '--json'], ['show', 'berlin', '-o', 'yaml']]) {
      const { code, out, error } = await context(...argv);
      expect({ code, tells: (out + error).includes('hush') }).toEqual({ code: 0, tells: false });
    }
  });

  it('are not used where others may read their tokens, or they cannot be read', async () => {
    await context('add', 'berlin', '--url', 'http://berlin:1', '--token', 'hush');
    await chmod(file(), 0o644);
    expect((await context('ls')).error).toContain(`chmod 600 ${file()}`);
    await writeFile(file(), '{"contexts": 7}');
    expect(await context('ls')).toMatchObject({ code: 2 });
  });

  it('carry the certificates by which a cluster is believed, and nothing that is none', async () => {
    const certificates = await TestCertificates.make(['berlin']);
    const { ca, cert } = certificates.files;
    await context('add', 'berlin', '--url', 'https://berlin:1', '--ca-file', ca);
    expect((await context('ls')).out).toMatch(/^\* +berlin +\S+ +none +a test CA$/m);
    const env = { XDG_CONFIG_HOME: home };
    const trusted = (named: Parameters<typeof managerAddress>[1] = {}, more = {}) =>
      managerAddress({ ...env, ...more }, named).trust?.options();
    const kept = { rejectUnauthorized: true, ca: certificates.ca };
    await certificates.put('ca.crt', '');
    expect(trusted()).toEqual(kept);
    // What is said here counts before it, and the environment does not.
    expect(trusted({ caFile: cert })?.ca).not.toBe(certificates.ca);
    expect(trusted({}, { OAKRING_TLS_CA: cert })).toEqual(kept);
    // Nobody else is believed by what is kept for one.
    expect(trusted({ url: 'https://oslo:1' })).toEqual({ rejectUnauthorized: true });
    const none = await context('add', 'oslo', '--url', 'https://oslo:1', '--ca-file', ca);
    expect(none).toMatchObject({ code: 2, error: expect.stringContaining('no certificate in it') });
    await certificates.remove();
  });

  it('need an address, and one place for a token', async () => {
    expect((await context('add', 'berlin')).code).toBe(2);
    const both = ['--token', 'a', '--token-file', '/b'];
    expect((await context('add', 'berlin', '--url', 'http://b:1', ...both)).code).toBe(2);
    expect((await context('add', 'berlin', '--url', 'nowhere')).code).toBe(2);
  });
});

describe('What a command goes by', () => {
  const meant = (env: Record<string, string>, named: Parameters<typeof withContext>[1] = {}) => {
    const { OAKRING_URL: url, OAKRING_TOKEN: token } = withContext(
      { XDG_CONFIG_HOME: home, ...env },
      named,
    );
    return { url, token };
  };
  beforeEach(async () => {
    await writeFile(join(home, 'token'), 'of-oslo\n');
    await context('add', 'berlin', '--url', 'http://berlin:1', '--token', 'of-berlin');
    await context('add', 'oslo', '--url', 'http://oslo:1', '--token-file', join(home, 'token'));
    await context('add', 'open', '--url', 'http://open:1');
  });

  it('is the context in use, where nothing else is said, or the one that the environment names', () => {
    expect(meant({})).toEqual({ url: 'http://berlin:1', token: 'of-berlin' });
    expect(meant({ OAKRING_CONTEXT: 'oslo' })).toEqual({ url: 'http://oslo:1', token: 'of-oslo' });
    expect(meant({ OAKRING_TOKEN: 'said' })).toEqual({ url: 'http://berlin:1', token: 'said' });
  });

  it('is the environment before a context, and a flag before both', () => {
    const env = { OAKRING_URL: 'http://env:1', OAKRING_CONTEXT: 'oslo' };
    expect(meant(env)).toEqual({ url: 'http://env:1', token: undefined });
    expect(meant({ OAKRING_PORT: '10110' })).toEqual({ url: undefined, token: undefined });
    expect(meant(env, { url: 'http://flag:1' })).toEqual({
      url: 'http://flag:1',
      token: undefined,
    });
    expect(meant(env, { context: 'berlin' })).toEqual({
      url: 'http://berlin:1',
      token: 'of-berlin',
    });
  });

  it('sends no token where it does not belong', () => {
    const env = { OAKRING_TOKEN: 'of-another' };
    expect(meant(env, { context: 'open' })).toEqual({ url: 'http://open:1', token: undefined });
    expect(meant({}, { url: 'http://flag:1' }).token).toBeUndefined();
    expect(meant(env, { context: 'open', token: 'given' }).token).toBe('given');
  });

  it('is refused where there is no such context', () => {
    expect(() => meant({ OAKRING_CONTEXT: 'ghost' })).toThrow('there are: berlin, oslo, open');
  });
});
