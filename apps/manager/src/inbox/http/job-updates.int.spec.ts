import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  JobAnswer,
  JobOrderAnswer,
  JobSummary,
  JsonObject,
  Page,
  Problem,
} from '@oakring/contracts';
import { registerNode } from '../../testing/given.js';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

/** Every field that a job can have, none at its default, and one that nobody knows. */
const document = {
  ...{ id: 'web', name: 'web', image: 'web:1', technology: 'docker', count: 2 },
  resources: { cpuMillis: 250, memoryMiB: 128 },
  labels: { team: 'shop' },
  nodeLabels: { zone: 'north' },
  constraints: [{ type: 'architecture', architecture: 'arm64' }],
  onDisconnect: { replace: false, reconcile: 'keepOriginal', lostAfterMs: null },
  restart: { limit: null, firstMs: 200, mostMs: 400, resetAfterMs: 800 },
  update: { maxUnavailable: 2, healthyAfterMs: 1, rollback: false },
  one_shot: true,
  cmd: ['serve', '--fast'],
  environment: { LEVEL: 'debug' },
  network: 'bridge',
  odd: [80],
};

const fine = { onDisconect: undefined, replicas: undefined };

let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager();
});
afterEach(() => manager.close());

async function ask<T>(method: string, path: string, body?: unknown) {
  const response = await manager.send(method, path, body);
  return { status: response.status, body: (await response.json()) as T };
}

const shown = async (): Promise<JobAnswer> =>
  (await ask<JobAnswer>('GET', '/api/v1/jobs/web')).body;

describe('The document in the answer of a job', () => {
  it('is the one that was given, with the count that is desired now', async () => {
    const { body } = await ask<JobAnswer>('POST', '/api/v1/jobs', document);
    expect(body.document).toEqual(document);
    await ask('POST', '/api/v1/jobs/web/replicate', { count: 3 });
    expect((await shown()).document).toEqual({ ...document, count: 3 });
  });

  it.each([[document], [{ id: 'web', name: 'web', image: 'web:1', technology: 'process' }]])(
    'can be sent back as it is, and changes nothing',
    async (given) => {
      await ask('POST', '/api/v1/jobs', given);
      await ask('POST', '/api/v1/jobs/web/replicate', { count: 3 });
      const before = await shown();
      const { status, body } = await ask('PUT', '/api/v1/jobs/web', before.document);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { desired: 3, revision: 1, restarts: false },
      });
      expect(await shown()).toEqual(before);
    },
  );

  it('is what can be sent back; the answer around it is refused, and scales nothing', async () => {
    await ask('POST', '/api/v1/jobs', document);
    const before = await shown();
    for (const [method, path] of [
      ['PUT', '/api/v1/jobs/web'],
      ['POST', '/api/v1/jobs'],
    ] as const) {
      expect(await ask(method, path, before)).toMatchObject({
        status: 400,
        body: { code: 'invalid-field', field: 'document' },
      });
    }
    expect(await shown()).toEqual(before);
  });

  it('has each field as it was last given', async () => {
    await ask('POST', '/api/v1/jobs', document);
    for (const [field, value] of Object.entries(document)) {
      if (field === 'id' || field === 'technology') continue;
      const changed: JsonObject = { ...(await shown()).document, [field]: changedFrom(value) };
      const { status } = await ask('PUT', '/api/v1/jobs/web', changed);
      expect({ field, status, document: (await shown()).document }).toEqual({
        ...{ field, status: 200, document: changed },
      });
    }
  });
});

describe('A job document with a field that is not used', () => {
  it('is taken, and the answer names it with what was perhaps meant', async () => {
    const odd = { ...document, odd: undefined, onDisconect: {}, replicas: 3 };
    const warnings = [
      expect.objectContaining({ field: 'onDisconect', nearest: 'onDisconnect' }),
      expect.objectContaining({ field: 'replicas', nearest: 'count' }),
    ];
    const dry = await ask<JobAnswer>('POST', '/api/v1/jobs?dryRun=true', odd);
    expect(dry.body.warnings).toEqual(warnings);
    expect((await ask<JobAnswer>('POST', '/api/v1/jobs', odd)).body.warnings).toEqual(warnings);
    const put = await ask<JobOrderAnswer>('PUT', '/api/v1/jobs/web', odd);
    expect(put.body.warnings).toEqual(warnings);
    expect((await shown()).warnings).toEqual(warnings);
  });

  it('is refused where nothing may be left unused, by each name', async () => {
    const odd = { ...document, odd: undefined, onDisconect: { x: 1 }, replicas: 3 };
    for (const [method, path] of [
      ['POST', '/api/v1/jobs?strict=true'],
      ['POST', '/api/v1/jobs?strict=true&dryRun=true'],
      ['PUT', '/api/v1/jobs/web?strict=true'],
    ] as const) {
      const { status, body } = await ask<Problem>(method, path, odd);
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { code: 'invalid-field', field: 'onDisconect', value: { x: 1 } },
      });
      expect(body.errors?.map(({ field }) => field)).toEqual(['onDisconect', 'replicas']);
    }
    const { status } = await ask('POST', '/api/v1/jobs?strict=true', { ...document, odd: null });
    expect(status).toBe(400);
    expect((await ask('POST', '/api/v1/jobs?strict=true', { ...odd, ...fine })).status).toBe(201);
  });

  it('is warned of where its labels are ones that nodes carry, unless it says what nodes must', async () => {
    await manager.submit(registerNode('n1', { labels: { zone: 'north' } }));
    const labelled = { ...document, odd: undefined, labels: { team: 'shop', zone: 'north' } };
    const told = async (nodeLabels?: JsonObject) =>
      (await ask<JobAnswer>('POST', '/api/v1/jobs?dryRun=true', { ...labelled, nodeLabels })).body;
    expect((await told()).warnings).toMatchObject([
      { field: 'labels.zone', nearest: 'nodeLabels' },
    ]);
    expect((await told({})).warnings).toBeUndefined();
  });

  it('is warned of the nodes on which what a process reserves is no limit, and refused for who is strict', async () => {
    const tick = { name: 'tick', image: 'sleep', technology: 'process', cmd: ['sleep', '9'] };
    const resources = { memory: '64Mi' };
    const technologies = ['process'];
    for (const id of ['a', 'b', 'c', 'd']) await manager.submit(registerNode(id, { technologies }));
    const features = ['process:limits'];
    await manager.submit(registerNode('e', { technologies, features }));
    await manager.submit(registerNode('f'));
    const told = async (more: JsonObject) =>
      (await ask<JobAnswer>('POST', '/api/v1/jobs?dryRun=true', { ...tick, ...more })).body;
    expect((await told({ resources })).warnings).toMatchObject([
      { field: 'resources', detail: expect.stringContaining('no limit on a, b, c and 1 more:') },
    ]);
    expect((await told({})).warnings).toBeUndefined();
    const strict = await ask('POST', '/api/v1/jobs?strict=true', { ...tick, resources });
    expect(strict.status).toBe(400);
    for (const id of ['a', 'b', 'c', 'd']) {
      await manager.submit(registerNode(id, { technologies, features, incarnation: 1 }));
    }
    expect((await told({ resources })).warnings).toBeUndefined();
  });

  it.each([
    [{ ports: [{ port: 80, publish: 81 }] }, 'ports.0.publish', 'published'],
    [{ ports: ['8080:http'] }, 'ports.0', '"8080:80"'],
    [{ health: { tcp: { port: 80 }, interval: 5 } }, 'health.interval', 'intervalMs'],
    [{ health: { tcp: { port: 80 }, command: ['x'] } }, 'health.tcp', 'beside command'],
    [{ volumes: [{ target: '/x' }] }, 'volumes.0.volume', 'a name of'],
    [{ resources: { cpu: 1, cpuMillis: 1 } }, 'resources.cpu', 'beside cpuMillis'],
    [{ technology: 'simulated', ports: ['80'] }, 'ports', 'nothing listens there'],
  ])('is refused by its name where nothing else can be meant (%j)', async (more, field, named) => {
    const { body } = await ask<Problem>('POST', '/api/v1/jobs', { ...document, ...more });
    expect(body).toMatchObject({ code: 'invalid-field', field });
    expect(body.detail).toContain(named);
  });
});

describe('The labels of jobs', () => {
  it('are shown, and jobs are found by them', async () => {
    const labelled = { ...document, odd: undefined, labels: { team: 'shop', tier: 1 } };
    const { body } = await ask<JobAnswer>('POST', '/api/v1/jobs', labelled);
    expect(body.labels).toEqual({ team: 'shop', tier: '1' });
    await ask('POST', '/api/v1/jobs', { ...labelled, id: 'other', labels: undefined });
    const found = async (label: string) =>
      (await ask<Page<JobSummary>>('GET', `/api/v1/jobs?label=${label}`)).body.items;
    expect(await found('team=shop,tier')).toMatchObject([{ id: 'web', labels: body.labels }]);
    expect(await found('team=ship')).toEqual([]);
    const { body: problem } = await ask<Problem>('GET', '/api/v1/jobs?label=%3D1');
    expect(problem).toMatchObject({ code: 'invalid-field', field: 'label' });
  });
});

describe('A restart', () => {
  it('is a new revision, and the file that was given before changes nothing after it', async () => {
    await ask('POST', '/api/v1/jobs', document);
    const restarted = await ask('POST', '/api/v1/jobs/web/restart', {});
    expect(restarted.body).toMatchObject({ revision: 2, restarts: true });
    expect((await shown()).document).toEqual(document);
    const again = await ask('PUT', '/api/v1/jobs/web', document);
    expect(again.body).toMatchObject({ revision: 2, restarts: false });
  });
});

describe('An order with a member that it does not know', () => {
  it.each([
    ['jobs/web/replicate', { count: 3, replicas: 3 }, 'replicas', 'count'],
    ['jobs/web/instances/0/move', { to: 'n2' }, 'to', 'worker'],
    ['jobs/web/instances/0/move', { Worker: 'n2' }, 'Worker', 'worker'],
    ['jobs/web/restart', { force: true }, 'force', null],
    ['nodes/n1/drain', { within: 60 }, 'within', null],
    ['nodes/n1/cordon', { reasn: 'x' }, 'reasn', 'reason'],
  ])('(%s %j) is refused, naming it', async (path, body, field, nearest) => {
    await ask('POST', '/api/v1/jobs', document);
    const before = manager.projection.position;
    const answer = await ask<Problem>('POST', `/api/v1/${path}`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-field', field } });
    expect(answer.body.detail).toContain(nearest === null ? 'not known' : `mean ${nearest}?`);
    expect(manager.projection.position).toBe(before);
  });
});

describe('A DELETE with a body that says more', () => {
  it.each([
    ['nodes/n1', { force: true }, 'force'],
    ['nodes/n1/cordon', { reason: 'x' }, 'reason'],
    ['nodes/n1/drain', { force: true }, 'force'],
    ['nodes/n1/quarantine', { reason: 'x' }, 'reason'],
    ['jobs/web', { count: 1 }, 'count'],
    ['jobs/web/instances/0/move', { worker: 'n2' }, 'worker'],
  ])('(%s %j) is refused, naming it', async (path, body, field) => {
    await ask('POST', '/api/v1/jobs', document);
    const before = manager.projection.position;
    const answer = await ask<Problem>('DELETE', `/api/v1/${path}`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-field', field } });
    expect(manager.projection.position).toBe(before);
  });

  it('is taken where the body is empty', async () => {
    await ask('POST', '/api/v1/jobs', document);
    expect(await ask('DELETE', '/api/v1/jobs/web', {})).toMatchObject({ status: 200 });
  });
});

describe('A body over HTTP', () => {
  it('that has a name twice is refused: which of the two was meant?', async () => {
    const text = JSON.stringify(document).replace('"count":2', '"count":2,"count":3');
    expect(await ask('POST', '/api/v1/jobs', text)).toMatchObject({
      status: 400,
      body: { code: 'invalid-json' },
    });
  });

  it('may begin with a byte order mark, as a file may', async () => {
    const { status } = await ask('POST', '/api/v1/jobs', `\uFEFF${JSON.stringify(document)}`);
    expect(status).toBe(201);
  });
});

/** Another value of the same kind. */
function changedFrom(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'boolean') return !value;
  return Array.isArray(value) ? [] : {};
}
