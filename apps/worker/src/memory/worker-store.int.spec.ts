import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkerData } from '../config/worker-data.js';
import { MemoryWorkerStore } from './memory-worker-store.js';
import { workerStoreContract } from './worker-store.contract.js';
import { nothingRemembered } from './worker-store.port.js';

let folder = '';
let starts: WorkerData[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-memory-'));
});
afterEach(async () => {
  await endStarts();
  rmSync(folder, { recursive: true });
});

/** The next start, once every start before has ended. */
async function opened(place: string): Promise<WorkerData> {
  await endStarts();
  const data = await WorkerData.open(place, 'a test');
  starts.push(data);
  return data;
}

async function endStarts(): Promise<void> {
  for (const data of starts.splice(0)) await data.close();
}

describe('What a worker remembers in its folder', () => {
  workerStoreContract(() => ({
    open: () => opened(folder),
    reopen: () => opened(folder),
  }));
});

describe('What a simulated worker remembers', () => {
  workerStoreContract(() => {
    let store = new MemoryWorkerStore();
    return {
      open: async () => store,
      reopen: async () => (store = store.restarted()),
    };
  });
});

const history = { next: 1, entries: [] };
const known = { job: { id: 'web' }, instance: 0, generation: 1, status: 'wanted', reason: null };

describe('The memory of a worker', () => {
  it.each([
    ['nothing', ''],
    ['half of what was written', '{"instances":[{"job":{"id":"we'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an object without instances', memory({ instances: undefined })],
    ['instances that are no list', memory({ instances: {} })],
    ['an instance without a job', memory({ instances: [{ ...known, job: null }] })],
    ['a job whose id is none', memory({ instances: [{ ...known, job: { id: '../etc' } }] })],
    ['a job whose id is a number', memory({ instances: [{ ...known, job: { id: 7 } }] })],
    ['a generation that is a text', memory({ instances: [{ ...known, generation: '1' }] })],
    ['a negative number', memory({ instances: [{ ...known, instance: -1 }] })],
    ['an unknown status', memory({ instances: [{ ...known, status: 'running' }] })],
    ['a reason that is a number', memory({ instances: [{ ...known, reason: 5 }] })],
    ['tombstones that are no list', memory({ deleted: 'web/0' })],
    ['a tombstone without a generation', memory({ deleted: [['web/0']] })],
    ['no history', memory({ history: undefined })],
    ['a history that cannot go on', memory({ history: { next: 'eight', entries: [] } })],
    ['an entry without a number', memory({ history: { next: 2, entries: [{ kind: 'x' }] } })],
  ])('that holds %s refuses the start, and nothing is changed', async (_what, text) => {
    await opened(folder);
    writeFileSync(join(folder, 'memory.json'), text);
    await endStarts();
    const before = contentOf(folder);
    await expect(opened(folder)).rejects.toMatchObject({
      code: 'data-folder-unusable',
      message: expect.stringMatching(/memory\.json is not what a worker wrote. Remove the file/),
    });
    expect(contentOf(folder)).toEqual(before);
    expect(before['incarnation']).toBe('1');
  });

  it('counts on from the last start once the damaged file is removed', async () => {
    await opened(folder);
    writeFileSync(join(folder, 'memory.json'), 'damaged');
    await expect(opened(folder)).rejects.toMatchObject({ code: 'data-folder-unusable' });
    rmSync(join(folder, 'memory.json'));
    const data = await opened(folder);
    expect([data.incarnation, data.remembered]).toEqual([2, nothingRemembered]);
  });

  it('shows no secret without its key, which is its owner’s alone', async () => {
    const job = { id: 'web', name: 'web' };
    const instance = { job, instance: 0, generation: 1, status: 'wanted', reason: null } as const;
    const instances = [{ ...instance, secrets: { db: 'hunter2' } }];
    const data = await opened(folder);
    await data.remember(() => ({ ...nothingRemembered, instances }));
    expect(readFileSync(join(folder, 'memory.json'), 'utf8')).not.toContain('hunter2');
    expect(statSync(join(folder, 'secrets.key')).mode & 0o777).toBe(0o600);
    expect((await opened(folder)).remembered.instances).toEqual(instances);
    rmSync(join(folder, 'secrets.key'));
    expect((await opened(folder)).remembered.instances).toEqual([instance]);
  });

  it('opens no secret of one instance for another', async () => {
    const job = { id: 'web', name: 'web' };
    const of = { job, instance: 0, generation: 1, status: 'wanted', reason: null } as const;
    const data = await opened(folder);
    const instances = [{ ...of, secrets: { db: 'hunter2' } }];
    await data.remember(() => ({ ...nothingRemembered, instances }));
    const text = readFileSync(join(folder, 'memory.json'), 'utf8');
    await endStarts();
    writeFileSync(join(folder, 'memory.json'), text.replace('"instance":0', '"instance":1'));
    expect((await opened(folder)).remembered.instances).toEqual([{ ...of, instance: 1 }]);
  });

  it('survives a crash between writing and renaming', async () => {
    const data = await opened(folder);
    await data.remember(() => nothingRemembered);
    writeFileSync(join(folder, 'memory.json.new'), '{"instances":[');
    expect((await opened(folder)).remembered).toEqual(nothingRemembered);
  });

  it('tells whoever waits that nothing could be written, and writes again when it can', async () => {
    const place = join(folder, 'place');
    const data = await opened(place);
    rmSync(place, { recursive: true });
    const first = data.remember(() => nothingRemembered);
    await expect(first).rejects.toMatchObject({ code: 'ENOENT' });
    await opened(place);
    await data.remember(() => ({ ...nothingRemembered, deleted: [['web/0', 3]] }));
    expect((await opened(place)).remembered.deleted).toEqual([['web/0', 3]]);
  });

  it('is written once for all who wait at the same time', async () => {
    const data = await opened(folder);
    let taken = 0;
    const writes = Array.from({ length: 20 }, () =>
      data.remember(() => {
        taken += 1;
        return nothingRemembered;
      }),
    );
    expect(existsSync(join(folder, 'memory.json'))).toBe(false);
    await Promise.all(writes);
    expect(taken).toBe(1);
  });
});

/** What a worker would have written, but for `damage`. */
function memory(damage: object): string {
  return JSON.stringify({ instances: [known], deleted: [], history, ...damage });
}

function contentOf(place: string): Record<string, string> {
  const names = readdirSync(place);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(place, name), 'utf8')]));
}
