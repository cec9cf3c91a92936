import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { hashOfToken, newToken } from '@oakring/host';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { ack, proposal, ready, submitJob } from '../../testing/given.js';

const job = { name: 'web', image: 'web:1', technology: 'docker' };

let manager: TestManager;
const tokens = new Map<string, string>();
const as = (name: string) => ({ authorization: `Bearer ${tokens.get(name) ?? ''}` });
const get = async (path: string, name: string) => {
  const answer = await manager.get(path, as(name));
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const idsOf = (body: Record<string, unknown>) =>
  (body['items'] as { readonly id: string }[]).map(({ id }) => id);

beforeAll(async () => {
  const ports = simulatedPorts();
  manager = await startTestManager({ token: 'open-sesame', ports });
  const expiresAt = ports.clock.wallMs() + 3_600_000;
  const given = [
    ['berlin', 'root', null],
    ['oslo', 'root', null],
    ['anna', 'operator', { zone: 'a' }],
  ] as const;
  for (const [name, role, nodes] of given) {
    const token = newToken();
    tokens.set(name, token);
    const hash = hashOfToken(token);
    await manager.submit({ type: 'GrantToken', name, role, hash, expiresAt, nodes });
  }
  for (const command of [
    ...ready('a1', { labels: { zone: 'a' } }),
    ...ready('b1', { labels: { zone: 'b' } }),
  ]) {
    await manager.submit(command);
  }
  for (const name of ['berlin', 'oslo']) {
    const body = { ...job, id: `of-${name}` };
    expect((await manager.send('POST', '/api/v1/jobs', body, as(name))).status).toBe(201);
  }
});
afterAll(() => manager.close());

type Asked = readonly [method: string, path: string, body: object | undefined];

/** What is asked of one job: method, rest of the address, body. */
const ofJobs: readonly Asked[] = [
  ['GET', '', undefined],
  ['GET', '/revisions', undefined],
  ['GET', '/revisions/1', undefined],
  ['GET', '/instances/0/logs', undefined],
  ['PUT', '', { ...job, id: 'of-oslo' }],
  ['PUT', '?dryRun=true', { ...job, id: 'of-oslo' }],
  ['POST', '/replicate', { count: 3 }],
  ['POST', '/restart', {}],
  ['POST', '/rollback', {}],
  ['POST', '/instances/0/move', {}],
  ['DELETE', '/instances/0/move', undefined],
  ['DELETE', '?dryRun=true', undefined],
  ['DELETE', '', undefined],
];
/** What is ordered of one node. */
const ofNodes: readonly Asked[] = [
  ['POST', '/cordon', {}],
  ['DELETE', '/cordon', undefined],
  ['POST', '/drain', {}],
  ['POST', '/drain?dryRun=true', {}],
  ['DELETE', '/drain', undefined],
  ['POST', '/quarantine', {}],
  ['DELETE', '/quarantine', undefined],
  ['PUT', '/labels', { labels: { room: 'hall' } }],
  ['DELETE', '/credential', undefined],
  ['DELETE', '', undefined],
];

/** Every route below an address that needs one of these, as the rows above have them. */
async function routesBelow(address: string, needs: readonly string[]): Promise<string[]> {
  type Operations = Record<string, Record<string, { readonly 'x-oakring-needs': string }>>;
  const { paths } = (await (await manager.get('/api/docs-json')).json()) as { paths: Operations };
  return Object.entries(paths)
    .filter(([path]) => path.startsWith(address))
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => needs.includes(operation['x-oakring-needs']))
        .map(([method]) => `${method.toUpperCase()} ${path.slice(address.length)}`),
    )
    .toSorted();
}

function routesIn(rows: readonly Asked[]): string[] {
  const route = ([method, path]: Asked): string =>
    `${method} ${path
      .replace(/\?.*/, '')
      .replace(/\/instances\/\d+/, '/instances/{number}')
      .replace(/\/revisions\/\d+/, '/revisions/{revision}')}`;
  return [...new Set(rows.map(route))].toSorted();
}

it('Every route of one job and of one node is tried with those of another', async () => {
  const root = ['jobs:read', 'jobs:write', 'jobs:logs'];
  expect(routesIn(ofJobs)).toEqual(await routesBelow('/api/v1/jobs/{id}', root));
  expect(routesIn(ofNodes)).toEqual(await routesBelow('/api/v1/nodes/{id}', ['nodes:write']));
});

describe('A root', () => {
  it('sees its own jobs in every list, and whoever runs the cluster sees all', async () => {
    expect(idsOf((await get('/api/v1/jobs', 'berlin')).body)).toEqual(['of-berlin']);
    expect(idsOf((await get('/api/v1/jobs?named=of-', 'oslo')).body)).toEqual(['of-oslo']);
    const position = manager.projection.position;
    const past = await get(`/api/v1/jobs?at=${position}`, 'berlin');
    expect(idsOf(past.body)).toEqual(['of-berlin']);
    const instances = await get('/api/v1/instances', 'berlin');
    expect(instances.body['items']).toMatchObject([{ job: 'of-berlin' }]);
    const all = await manager.get('/api/v1/jobs');
    expect(idsOf((await all.json()) as Record<string, unknown>)).toEqual(['of-berlin', 'of-oslo']);
  });

  const own = '/api/v1/jobs/of-oslo';
  it.each(ofJobs)('is told of the job of another as of none: %s %s', async (method, path, body) => {
    const ask = (url: string) => manager.send(method, url, body, as('berlin'));
    const [other, absent] = [await ask(`${own}${path}`), await ask(`/api/v1/jobs/none${path}`)];
    const [told, toldOfNone] = [await other.text(), await absent.text()];
    expect(other.status).toBe(404);
    // A body that names another job than the address is a mistake of its own.
    if (method !== 'PUT') expect(told.replaceAll('of-oslo', 'none')).toBe(toldOfNone);
    expect(manager.projection.state.jobs.get('of-oslo')).toMatchObject({ revision: 1, desired: 1 });
  });

  it('learns of the job of another that its id is taken, and gets no answer of its', async () => {
    const key = { 'idempotency-key': 'the-same' };
    const body = { ...job, id: 'shared' };
    const ask = (name: string) =>
      manager.send('POST', '/api/v1/jobs', body, { ...as(name), ...key });
    expect((await ask('berlin')).status).toBe(201);
    const refused = await ask('oslo');
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'job-id-taken' }]);
    expect((await ask('berlin')).status).toBe(201);
  });

  it('is named by what it ordered', async () => {
    const { body } = await get('/api/v1/jobs/of-berlin/revisions', 'berlin');
    expect(body['items']).toMatchObject([{ by: 'api/berlin' }]);
  });

  it('sees neither events nor nodes', async () => {
    for (const path of ['/api/v1/events', '/api/v1/nodes', '/api/v1/diff?from=1', '/metrics']) {
      expect((await get(path, 'berlin')).status).toBe(403);
    }
  });
});

describe('An operator of some nodes', () => {
  it('moves what is on them, to none of the others that it names', async () => {
    await manager.submit(submitJob('moved'));
    await manager.submit({ type: 'ApplyPlan', id: 'moved', answer: proposal(['a1']) });
    const order = [...manager.projection.state.commands.values()].at(-1)?.id ?? '';
    await manager.submit(ack('a1', order, 'succeeded'));
    manager.scheduler.answer = () => ({ answers: [proposal(['b1'])] });
    const move = async (body: object) => {
      const path = '/api/v1/jobs/moved/instances/0/move';
      return (await (await manager.send('POST', path, body, as('anna'))).json()) as unknown;
    };
    expect(await move({ worker: 'b1' })).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await move({})).toMatchObject({ nodeId: 'b1' });
  });

  it.each(ofNodes)('may order this of them and of no other: %s %s', async (method, path, body) => {
    const ask = (id: string) =>
      manager.send(method, `/api/v1/nodes/${id}${path}`, body, as('anna'));
    // None is forgotten that is there, and it has joined with no credential that could be revoked.
    const otherwise: Readonly<Record<string, number>> = {
      'DELETE ': 409,
      'DELETE /credential': 404,
    };
    expect((await ask('a1')).status).toBe(otherwise[`${method} ${path}`] ?? 200);
    const refused = await ask('b1');
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'forbidden', detail: expect.stringContaining('node b1 has zone=b') },
    ]);
  });

  it('sees all of them', async () => {
    expect(idsOf((await get('/api/v1/nodes', 'anna')).body)).toEqual(['a1', 'b1']);
  });
});
