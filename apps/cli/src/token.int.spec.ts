import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, closeManager, oakring, page } from './testing/run-oakring.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oakring-token-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await closeManager();
});

const expires = '2026-12-29T10:00:00.000Z';
const made = { token: 'oakring_secret', name: 'berlin', role: 'root', expires, position: 7 };
const route = { 'POST /api/v1/tokens': always(made, 201) };
const create = ['token', 'create', '--role', 'root', '--name', 'berlin'];

describe('token create', () => {
  it('prints the token alone, and says the rest beside it', async () => {
    const { out, error, asked } = await oakring([...create, '--expires', '30d'], route);
    expect(out).toBe('oakring_secret\n');
    expect(error).toContain(`Token berlin of role root holds until ${expires}; it is not shown`);
    expect(asked[0]?.body).toEqual({ name: 'berlin', role: 'root', expiresInMs: 2_592_000_000 });
  });

  it('--to writes it for its owner alone, and shows it nowhere', async () => {
    const file = join(folder, 'token');
    for (const form of [[], ['--json']]) {
      const { out, error } = await oakring([...create, '--to', file, ...form], route);
      expect(out + error).not.toContain('oakring_secret');
    }
    expect(await readFile(file, 'utf8')).toBe('oakring_secret\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('--to a place that cannot be written asks for no token', async () => {
    const file = join(folder, 'none', 'token');
    const { code, asked } = await oakring([...create, '--to', file], route);
    expect([code === 0, asked]).toEqual([false, []]);
  });

  it('limits an operator to nodes with labels', async () => {
    const argv = ['token', 'create', '--role', 'operator', '--name', 'anna'];
    const { asked } = await oakring([...argv, '--nodes', 'zone=a', '--nodes', 'rack=1'], route);
    expect(asked[0]?.body).toMatchObject({ nodes: { zone: 'a', rack: '1' } });
  });

  it('lets so many machines join, of some ids or with labels', async () => {
    const argv = ['token', 'create', '--role', 'join', '--name', 'shelf'];
    const more = ['--uses', '5', '--nodes', 'zone=a', '--ids', 'n1,n2', '--ids', 'n3'];
    const { asked } = await oakring([...argv, ...more, '--expires', '2h'], route);
    expect(asked[0]?.body).toEqual({
      ...{ role: 'join', name: 'shelf', expiresInMs: 7_200_000 },
      ...{ uses: 5, nodes: { zone: 'a' }, ids: ['n1', 'n2', 'n3'] },
    });
  });

  it('knows no other roles, and tells those that there are', async () => {
    const { code, error } = await oakring(
      ['token', 'create', '--role', 'king', '--name', 'x'],
      route,
    );
    expect([code, error]).toEqual([2, expect.stringContaining('auditor')]);
  });
});

describe('token ls, token revoke and whoami', () => {
  it('tell what there is, and end it', async () => {
    const token = {
      ...{ name: 'anna', role: 'operator', status: 'holds', nodes: { zone: 'a' }, expires },
      ...{ created: expires, createdBy: 'api/token', lastUsed: null },
      ...{ revoked: null, revokedBy: null, joins: null },
    };
    const joins = { uses: 5, usesLeft: 3, ids: ['n1', 'n2'] };
    const shelf = { ...token, name: 'shelf', role: 'join', joins };
    const listed = await oakring(['token', 'ls'], { 'GET /api/v1/tokens': page(token, shelf) });
    expect(listed.out).toMatch(/^anna +operator +holds +2026-12-29\S+ +- +api\/token +zone=a/m);
    expect(listed.out).toMatch(/^shelf +join +holds, 3 of 5 left .* zone=a ids n1,n2$/m);
    const names = await oakring(['token', 'ls', '-o', 'name'], {
      'GET /api/v1/tokens': page(token),
    });
    expect(names.out).toBe('anna\n');
    const revoked = await oakring(['token', 'revoke', 'anna'], {
      'DELETE /api/v1/tokens/anna': always({ name: 'anna', position: 8 }),
    });
    expect(revoked.out).toBe('Token anna is revoked (position 8).\n');
  });

  it('say who a manager takes a caller for, by a token in a file', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 'of-anna\n');
    const who = { name: 'anna', role: 'root', permissions: ['jobs:read'], jobs: 'own' };
    const { out, asked } = await oakring(['whoami', '--token-file', file], {
      'GET /api/v1/whoami': always({ ...who, nodes: null, expires }),
    });
    expect(out).toMatch(/^jobs +those that you submitted$/m);
    expect(asked[0]?.authorization).toBe('Bearer of-anna');
  });
});
