import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, closeManager, oakring, page } from './testing/run-oakring.js';

let file = '';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oakring-secret-'));
  file = join(folder, 'value');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await closeManager();
});

const answer = { name: 'db', version: 2, position: 7 };

describe('secret set and rotate', () => {
  it('take the value of a file, without the line feed that an editor adds', async () => {
    await writeFile(file, 'hunter2\n');
    const route = { 'POST /api/v1/secrets': always(answer, 201) };
    const { out, error, asked } = await oakring(['secret', 'set', 'db', '--from', file], route);
    expect(asked[0]?.body).toEqual({ name: 'db', value: 'hunter2' });
    expect(out).toBe('Secret db is set (position 7).\n');
    expect(out + error).not.toContain('hunter2');
  });

  it('take the line feed too where that is wanted', async () => {
    await writeFile(file, 'hunter2\n');
    const route = { 'POST /api/v1/secrets/db/rotate': always(answer) };
    const argv = ['secret', 'rotate', 'db', '--from', file, '--keep-newline'];
    const { out, asked } = await oakring(argv, route);
    expect(asked[0]?.body).toEqual({ value: 'hunter2\n' });
    expect(out).toMatch(/^Secret db has version 2 now .*oakring job restart/);
  });

  it('take no bytes that are no text: another value would be kept in silence', async () => {
    await writeFile(file, Buffer.from('61fffe62', 'hex'));
    const route = { 'POST /api/v1/secrets': always(answer, 201) };
    const { code, error, asked } = await oakring(['secret', 'set', 'db', '--from', file], route);
    expect([code, asked]).toEqual([2, []]);
    expect(error).toMatch(/is not UTF-8.*Base64/);
  });

  it('take no value from the command line, and none that is empty or not there', async () => {
    await writeFile(file, '\n');
    for (const argv of [
      ['secret', 'set', 'db', 'hunter2'],
      ['secret', 'set', 'db', '--from', file],
      ['secret', 'set', 'db', '--from', join(folder, 'none')],
    ]) {
      const { code, asked } = await oakring(argv, {});
      expect([argv, code, asked]).toEqual([argv, 2, []]);
    }
  });
});

describe('secret ls and rm', () => {
  it('tell what there is and who runs with which version, and end it', async () => {
    const secret = {
      ...{ name: 'db', version: 2, owner: 'api/berlin', changedBy: 'api/berlin' },
      changed: '2026-11-29T10:00:00.000Z',
      usedBy: [
        { job: 'shop', versions: [{ version: 1, instances: 3 }] },
        { job: 'web', versions: [{ version: 2, instances: 1 }] },
        { job: 'yet', versions: [] },
      ],
    };
    const listed = await oakring(['secret', 'ls'], { 'GET /api/v1/secrets': page(secret) });
    expect(listed.out).toMatch(/^db +2 +\S+.* +api\/berlin +shop \(3 with 1\), web, yet$/m);
    const none = await oakring(['secret', 'ls'], { 'GET /api/v1/secrets': page() });
    expect(none.out).toContain('oakring secret set');
    const removed = await oakring(['secret', 'rm', 'db'], {
      'DELETE /api/v1/secrets/db': always(answer),
    });
    expect(removed.out).toBe('Secret db is removed (position 7).\n');
  });
});
