import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AllowedToJobs } from './allowances.js';
import { allowancesFinding, examineAllowed } from './examine-allowed.js';

const isRoot = process.getuid?.() === 0;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-allowed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function examined(more: AllowedToJobs) {
  return examineAllowed({ dataFolder: join(folder, 'data'), ...more });
}

describe('What the doctor says of what a machine’s owner allows jobs', () => {
  it('is nothing where that is nothing', async () => {
    expect(await examined({})).toEqual([]);
  });

  it('names each of it with what it is, and what nobody allows', () => {
    const { level, seen } = allowancesFinding({ hostPaths: ['/srv'], exec: true });
    expect(level).toBe('ok');
    expect(seen).toMatch(
      /^folders of the machine, in containers: \/srv and below; networks .*: no; /,
    );
    expect(seen).toMatch(/commands of people in instances: yes; .*privileged containers, .*: no$/);
  });

  it('is of each host path whether it is there, a folder, and not everybody’s to write to', async () => {
    const at = (name: string): string => join(folder, name);
    mkdirSync(at('fine'));
    mkdirSync(at('wide'));
    chmodSync(at('wide'), 0o777);
    writeFileSync(at('file'), '');
    const hostPaths = ['fine', 'wide', 'file', 'none'].map(at);
    expect(await examined({ hostPaths: [...hostPaths, '/'] })).toMatchObject([
      { level: 'ok', looked: `host path ${at('fine')} (OAKRING_WORKER_HOST_PATHS)` },
      { level: 'warning', seen: 'everybody may write there (mode 777)' },
      { level: 'warning', seen: 'it is no folder' },
      { level: 'warning', seen: expect.stringContaining('ENOENT') },
      { level: 'warning', seen: 'it is all of this machine' },
    ]);
  });

  it('is of credentials whether they can be read, and by nobody else; never what they are', async () => {
    const registries = join(folder, 'registries.json');
    const [missing] = await examined({ registries });
    expect(missing).toMatchObject({ level: 'bad', seen: expect.stringContaining('ENOENT') });
    const shop = { registry: 'r.example', username: 'u', password: 'secret' };
    writeFileSync(registries, JSON.stringify({ shop }), { mode: 0o644 });
    const [wide] = await examined({ registries });
    expect(wide).toMatchObject({ level: 'bad', seen: expect.stringContaining('chmod 600') });
    chmodSync(registries, 0o600);
    const findings = await examined({ registries });
    expect(findings).toMatchObject([{ level: 'ok', seen: 'those called shop' }]);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  (isRoot ? it : it.skip)(
    'is of each user whether it can be had, and gets to its volumes',
    async () => {
      const [place, closed] = await examined({ runAs: 'nobody' });
      expect(place).toMatchObject({ level: 'ok' });
      expect(closed).toMatchObject({
        level: 'warning',
        seen: expect.stringContaining(`${folder}/data-volumes`),
        remedy: expect.stringContaining(`chmod o+x`),
      });
      chmodSync(folder, 0o711);
      const users = ['nobody', 'no-such-user'];
      expect(await examined({ runAs: 'nobody', users })).toMatchObject([
        { level: 'ok', looked: `volumes of processes in ${folder}/data-volumes` },
        { level: 'ok', looked: 'user nobody of processes (OAKRING_WORKER_RUN_AS)' },
        { level: 'warning', seen: 'there is no user no-such-user on this machine' },
      ]);
      expect(await examined({ runAs: 'no-such-user' })).toMatchObject([
        { level: 'ok' },
        { level: 'bad' },
      ]);
      chmodSync(folder, 0o777);
      expect(await examined({ users: ['nobody'] })).toMatchObject([
        { level: 'bad', seen: expect.stringContaining(`others may write ${folder}`) },
        {},
      ]);
    },
  );
});
