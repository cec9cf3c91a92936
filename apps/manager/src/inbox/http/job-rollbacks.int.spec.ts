import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobAnswer, JobOrderAnswer, Page, Revision, RevisionAnswer } from '@oakring/contracts';
import { MemoryEventLog } from '@oakring/stores';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

/** Says how many commits were read. */
class CountedLog extends MemoryEventLog {
  commitsRead = 0;

  override async read(query: Parameters<MemoryEventLog['read']>[0]) {
    const commits = await super.read(query);
    this.commitsRead += commits.length;
    return commits;
  }
}

const web = { id: 'web', name: 'web', image: 'web:1', technology: 'docker', count: 2 };

let log: CountedLog;
let manager: TestManager;
beforeEach(async () => {
  log = new CountedLog();
  manager = await startTestManager({ log });
});
afterEach(async () => {
  await manager.close();
  await log.close();
});

async function ask<T>(method: string, path: string, body?: unknown, headers = {}) {
  const response = await manager.send(method, `/api/v1/jobs${path}`, body, headers);
  return { status: response.status, body: (await response.json()) as T };
}

const revisions = async () => (await ask<Page<Revision>>('GET', '/web/revisions')).body.items;

describe('The revisions of a job', () => {
  it('are told newest first, with what changed and what became of each', async () => {
    await ask('POST', '', web);
    await ask('PUT', '/web', { ...web, image: 'web:2', resources: { memoryMiB: 128 } });
    await manager.submit({ type: 'CompleteRollout', id: 'web', revision: 2 });
    await ask('PUT', '/web', { ...web, image: 'web:3' });
    await ask('POST', '/web/restart', {});
    expect(await revisions()).toMatchObject([
      { revision: 4, changed: 'a restart was ordered', status: 'progressing', current: true },
      { revision: 3, image: 'web:3', status: 'superseded', current: false },
      { changed: 'image web:1 → web:2, resources.memoryMiB - → 128', status: 'completed' },
      { revision: 1, changed: 'submitted', by: 'api/open', status: 'submitted', running: 0 },
    ]);
  });

  it('come in pages', async () => {
    await ask('POST', '', web);
    for (const image of ['web:2', 'web:3']) await ask('PUT', '/web', { ...web, image });
    const first = await ask<Page<Revision>>('GET', '/web/revisions?limit=2');
    expect(first.body).toMatchObject({ items: [{ revision: 3 }, { revision: 2 }], next: '1' });
    expect(first.body.items[1]?.changed).toBe('image web:1 → web:2');
    const second = await ask<Page<Revision>>('GET', '/web/revisions?limit=2&cursor=1');
    expect(second.body.items).toMatchObject([{ revision: 1 }]);
    expect(second.body.next).toBeUndefined();
  });

  it('have the document as it was, and what it changed', async () => {
    await ask('POST', '', { ...web, odd: [1] });
    await ask('PUT', '/web', { ...web, image: 'web:2', odd: [1] });
    expect((await ask<RevisionAnswer>('GET', '/web/revisions/1')).body.document).toEqual({
      ...{ ...web, odd: [1] },
    });
    expect((await ask<RevisionAnswer>('GET', '/web/revisions/2')).body.changes).toEqual([
      { field: 'image', before: 'web:1', after: 'web:2' },
    ]);
    expect(await ask('GET', '/web/revisions/3')).toMatchObject({
      ...{ status: 404, body: { code: 'revision-unknown' } },
    });
  });

  it('cost a commit each, however long the ledger is', async () => {
    await ask('POST', '', web);
    await ask('PUT', '/web', { ...web, image: 'web:2' });
    const costOf = async (): Promise<number> => {
      log.commitsRead = 0;
      await revisions();
      await ask('GET', '/web/revisions/1');
      return log.commitsRead;
    };
    const before = await costOf();
    for (let at = 0; at < 40; at += 1) {
      await ask('POST', '', { ...web, id: `other-${at}` });
      await ask('POST', '/web/replicate', { count: 3 + (at % 2) });
    }
    expect(await costOf()).toBe(before);
  });

  it('are at hand up to a hundred; of what is older the events are left', async () => {
    await ask('POST', '', web);
    for (let at = 2; at <= 102; at += 1) await ask('PUT', '/web', { ...web, image: `web:${at}` });
    const { body } = await ask<Page<Revision>>('GET', '/web/revisions?limit=100');
    expect(body.items).toHaveLength(100);
    expect(body.next).toBeUndefined();
    expect(await ask('GET', '/web/revisions/2')).toMatchObject({
      body: { code: 'revision-unknown', detail: expect.stringContaining('jobs/web') },
    });
  });
});

describe('A rollback that is ordered', () => {
  it('is a new revision with the old document, which its event says', async () => {
    await ask('POST', '', web);
    await ask('PUT', '/web', { ...web, image: 'web:2' });
    await manager.submit({ type: 'CompleteRollout', id: 'web', revision: 2 });
    await ask('POST', '/web/replicate', { count: 5 });
    const { status, body } = await ask<JobOrderAnswer>('POST', '/web/rollback', {});
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { revision: 3, restarts: true, desired: 5 },
    });
    expect((await ask<JobAnswer>('GET', '/web')).body.document).toEqual({ ...web, count: 5 });
    expect((await revisions())[0]).toMatchObject({
      ...{ revision: 3, restores: 1, changed: 'back to revision 1: image web:2 → web:1' },
    });
  });

  it('takes the newest that nothing is said against, or the one that is named', async () => {
    await ask('POST', '', web);
    await ask('PUT', '/web', { ...web, image: 'web:2' });
    // Another came before it was everywhere.
    await ask('PUT', '/web', { ...web, image: 'web:3' });
    const back = await ask<JobOrderAnswer>('POST', '/web/rollback', {});
    expect(back.body.revision).toBe(4);
    expect((await ask<JobAnswer>('GET', '/web')).body.image).toBe('web:1');
    await ask('POST', '/web/rollback', { to: 2 });
    expect((await ask<JobAnswer>('GET', '/web')).body.image).toBe('web:2');
  });

  it('under a key is done once', async () => {
    await ask('POST', '', web);
    await ask('PUT', '/web', { ...web, image: 'web:2' });
    const key = { 'idempotency-key': 'k' };
    const first = await ask<JobOrderAnswer>('POST', '/web/rollback', {}, key);
    expect(await ask('POST', '/web/rollback', {}, key)).toEqual(first);
    expect((await ask<JobAnswer>('GET', '/web')).body).toMatchObject({
      ...{ revision: 3, image: 'web:1' },
    });
  });

  it.each([
    ['of which nothing is older', {}, 409, 'nothing-to-go-back-to'],
    ['to what never was', { to: 9 }, 404, 'revision-unknown'],
  ])('%s is refused', async (_, order, status, code) => {
    await ask('POST', '', web);
    expect(await ask('POST', '/web/rollback', order)).toMatchObject({ status, body: { code } });
  });

  it('of a job that has changed since is refused, where it says since when', async () => {
    await ask('POST', '', web);
    await ask('PUT', '/web', { ...web, image: 'web:2' });
    const header = { 'if-match': '"1"' };
    expect(await ask('POST', '/web/rollback', {}, header)).toMatchObject({
      ...{ status: 412, body: { code: 'position-changed' } },
    });
  });
});
