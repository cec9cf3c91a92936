import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobAnswer, OutlookAnswer } from '@oakring/contracts';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { plan, proposal, ready, report } from '../../testing/given.js';

const web = { id: 'web', name: 'web', image: 'web:1', technology: 'docker', count: 2 };
const nowhere = { code: 'no-capacity', detail: 'It fits nowhere.', filtered: {} } as const;

let manager: TestManager;
/** Where the ledger ended before it was asked. */
let head: number;
beforeEach(async () => {
  manager = await startTestManager();
  for (const command of [...ready('a'), ...ready('b')]) await manager.submit(command);
  await ask('POST', '/jobs', web);
  await manager.submit(plan('web', 'a', 'b'));
  manager.scheduler.answer = ({ jobs }) => ({
    answers: jobs.map(({ instances }) => proposal(Array.from({ length: instances }, () => 'b'))),
  });
  head = (await manager.log.head()).position;
});
afterEach(() => manager.close());

async function ask<T>(method: string, path: string, body?: unknown) {
  const response = await manager.send(method, `/api/v1${path}`, body);
  return { status: response.status, body: (await response.json()) as T };
}

const foreseen = async (method: string, path: string, body?: unknown) =>
  (await ask<OutlookAnswer>(method, `${path}?dryRun=true`, body)).body;

describe('A dry run', () => {
  afterEach(async () => {
    expect((await manager.log.head()).position).toBe(head);
  });

  it('of more instances tells where they would go', async () => {
    expect(await foreseen('POST', '/jobs/web/replicate', { count: 4 })).toMatchObject({
      stops: [],
      starts: [
        { instance: 2, nodeId: 'b', reason: 'because b' },
        { instance: 3, nodeId: 'b' },
      ],
    });
  });

  it('of fewer tells which would stop, and where', async () => {
    expect(await foreseen('POST', '/jobs/web/replicate', { count: 1 })).toMatchObject({
      stops: [{ job: 'web', instance: 1, nodeId: 'b', reason: 'scaled down to 1' }],
      starts: [],
    });
  });

  it('of what would change nothing says nothing', async () => {
    const nothing = { stops: [], starts: [], more: 0 };
    expect(await foreseen('POST', '/jobs/web/replicate', { count: 2 })).toMatchObject(nothing);
    expect(await foreseen('PUT', '/jobs/web', web)).toMatchObject({ ...nothing, changes: [] });
  });

  it('of an update tells what changes, and which give way to which', async () => {
    const newer = { ...web, image: 'web:2', count: 3 };
    expect(await foreseen('PUT', '/jobs/web', newer)).toMatchObject({
      revision: 1,
      restarts: true,
      changes: [
        { field: 'count', before: 2, after: 3 },
        { field: 'image', before: 'web:1', after: 'web:2' },
      ],
      stops: [
        { instance: 0, nodeId: 'a', reason: 'updated to revision 2' },
        { instance: 1, nodeId: 'b' },
      ],
      starts: [{ instance: 2 }, { instance: 0 }, { instance: 1 }],
    });
    expect(manager.scheduler.asked.at(-1)?.jobs.map(({ job }) => job['image'])).toEqual([
      ...['web:2', 'web:2', 'web:2'],
    ]);
  });

  it('tells what would have no place', async () => {
    const refusal = { ...nowhere, nearest: null, wouldFit: null };
    manager.scheduler.answer = ({ jobs }) => ({ answers: jobs.map(() => proposal([], refusal)) });
    const { starts } = await foreseen('POST', '/jobs/web/replicate', { count: 3 });
    expect(starts).toEqual([{ job: 'web', instance: 2, nodeId: null, reason: 'It fits nowhere.' }]);
  });

  describe('of an update with room to spare', () => {
    const newer = { ...web, image: 'web:2', update: { surge: 1, maxUnavailable: 0 } };
    beforeEach(async () => {
      await manager.submit(report('a', { 'web/0/1': 'running' }));
      await manager.submit(report('b', { 'web/1/1': 'running' }));
      head = (await manager.log.head()).position;
    });

    it('asks for the first one beside what is there, and lets the next take what it leaves', async () => {
      const { stops, starts } = await foreseen('PUT', '/jobs/web', newer);
      expect([stops.length, starts.map(({ nodeId }) => nodeId)]).toEqual([2, ['b', 'b']]);
      const asked = manager.scheduler.asked.slice(-2).map(({ jobs }) => jobs);
      expect(asked.map((jobs) => jobs.map(({ freed }) => freed?.node))).toEqual([
        [undefined],
        ['b'],
      ]);
    });

    it('stops nothing where there is no room beside, and none may be missing', async () => {
      const refusal = { ...nowhere, nearest: null, wouldFit: null };
      manager.scheduler.answer = ({ jobs }) => ({ answers: jobs.map(() => proposal([], refusal)) });
      expect(await foreseen('PUT', '/jobs/web', newer)).toMatchObject({
        stops: [],
        starts: [
          { instance: 0, nodeId: null, reason: 'It fits nowhere.' },
          { instance: 1, nodeId: null, reason: 'It fits nowhere.' },
        ],
      });
    });
  });

  it('of a deletion tells what would stop', async () => {
    expect(await foreseen('DELETE', '/jobs/web')).toMatchObject({
      stops: [
        { instance: 0, nodeId: 'a', reason: 'the job is being deleted' },
        { instance: 1, nodeId: 'b' },
      ],
    });
  });

  it('is refused as the order would be', async () => {
    const answers = await Promise.all([
      ask('POST', '/jobs/ghost/replicate?dryRun=true', { count: 1 }),
      ask('DELETE', '/jobs/ghost?dryRun=true'),
      ask('POST', '/nodes/ghost/drain?dryRun=true', {}),
    ]);
    expect(answers).toMatchObject([
      { status: 404, body: { code: 'job-unknown' } },
      { status: 404, body: { code: 'job-unknown' } },
      { status: 404, body: { code: 'node-unknown' } },
    ]);
  });
});

describe('A dry run of a drain', () => {
  it('tells what would run where, and leaves what has no place', async () => {
    await manager.submit(report('a', { 'web/0/1': 'running' }));
    head = (await manager.log.head()).position;
    expect(await foreseen('POST', '/nodes/a/drain', {})).toMatchObject({
      stops: [{ job: 'web', instance: 0, nodeId: 'a' }],
      starts: [{ job: 'web', instance: 0, nodeId: 'b' }],
    });
    expect(manager.scheduler.asked.at(-1)?.jobs[0]?.exclude).toEqual(['a']);
    expect((await manager.log.head()).position).toBe(head);
  });
});

describe('An update that was planned', () => {
  const newer = { ...web, image: 'web:2' };

  it('is carried out where the job is as it was then, whatever became of its instances', async () => {
    const { position } = await foreseen('PUT', '/jobs/web', newer);
    await manager.submit({ type: 'RefusePlacement', id: 'web', code: 'no-capacity', detail: 'x' });
    const path = `/jobs/web?atPosition=${position}&ifRevision=1`;
    expect(await ask('PUT', path, newer)).toMatchObject({ status: 200, body: { revision: 2 } });
  });

  it.each([
    ['another revision', 'PUT', '/jobs/web', { ...web, image: 'web:3' }],
    ['another count', 'POST', '/jobs/web/replicate', { count: 5 }],
  ])('is refused once the job has %s', async (_, method, path, body) => {
    const { position } = await foreseen('PUT', '/jobs/web', newer);
    await ask(method, path, body);
    expect(await ask('PUT', `/jobs/web?atPosition=${position}`, newer)).toMatchObject({
      ...{ status: 409, body: { code: 'plan-outdated', field: 'atPosition' } },
    });
  });

  it('is refused where the job is of another revision than it names', async () => {
    expect(await ask('PUT', '/jobs/web?ifRevision=2', newer)).toMatchObject({
      ...{ status: 409, body: { code: 'plan-outdated', field: 'ifRevision' } },
    });
    expect((await ask<JobAnswer>('GET', '/jobs/web')).body.revision).toBe(1);
  });
});
