import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeEvents } from '@oakring/events';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { plan, registerNode, submitJob } from '../../testing/given.js';

const serviceRules = {
  ...{ clusterName: 'edge', clusterPlace: null, cpuOvercommit: null, lostAfterMs: 20_000 },
  unkept: 'place',
} as const;
const service = { job_name: 'app.ns.web.ns', image: 'docker.io/x:1', virtualization: 'docker' };
const id = '5f0c7a1b2c3d4e5f60718293';

let manager: TestManager;
beforeAll(async () => {
  manager = await startTestManager({ serviceRules });
});
afterAll(() => manager.close());

const post = (path: string, body: unknown = service) =>
  manager.send('POST', `/api/service/${path}`, body);
/** As a root sends it: without a body, nothing is said of one. */
const end = (path: string) => fetch(`${manager.url}/api/service/${path}`, { method: 'DELETE' });

function numbersOf(job: string): number[] {
  const { instancesOfJob, instances } = manager.projection.state;
  const keys = instancesOfJob.inOrder(job);
  return keys.map((key) => instances.get(key)?.number ?? -1);
}

async function newest() {
  const { position } = manager.projection.state.head;
  const commits = await manager.log.read({ from: position, limit: 1 });
  return commits.flatMap((commit) => decodeEvents(commit));
}

describe("Orders of Oakestra's root", () => {
  it('are taken once they are in the log, one number each', async () => {
    for (const number of [0, 3]) {
      const answer = await post(`${id}/${number}`);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    }
    expect(numbersOf(id)).toEqual([0, 3]);
  });

  it('are on record as its own', async () => {
    await post('recorded/0');
    const [event] = await newest();
    expect(event).toMatchObject({ type: 'JobSubmitted', by: 'root' });
  });

  it('may come again, and end what is not there', async () => {
    const before = manager.projection.state.head.position;
    for (const answer of [
      await post(`${id}/0`),
      await end(`${id}/9`),
      await end('unknown/0'),
      await end('unknown/-1'),
      await end('no%20id%20of%20ours/0'),
    ]) {
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    }
    expect(manager.projection.state.head.position).toBe(before);
  });

  it('end one number; all of them once its root is known to remember us', async () => {
    for (const number of [0, 1, 2]) await post(`ends/${number}`);
    await end('ends/1');
    expect(numbersOf('ends')).toEqual([0, 2]);
    await end('ends/-1');
    expect(manager.projection.state.jobs.get('ends')?.dismissed).toBe(true);
  });

  it('do not end what was submitted here', async () => {
    await manager.submit(submitJob('native'));
    for (const number of ['0', '-1']) expect((await end(`native/${number}`)).status).toBe(200);
    expect(manager.projection.state.jobs.get('native')?.desired).toBe(1);
    expect((await post('native/0')).status).toBe(409);
  });

  it.each<[string, unknown]>([
    ['of nothing that is said', {}],
    ['with everything of another type', { job_name: 1, image: 2, virtualization: 3, memory: 'x' }],
  ])('%s are taken, and wait with the reason', async (_, body) => {
    expect((await post('odd/0', body)).status).toBe(200);
    const job = await (await manager.get('/api/v1/jobs/odd')).json();
    expect(job).toMatchObject({
      instances: [
        {
          ...{ number: 0, status: 'pending', refusal: 'service-unusable' },
          reason: expect.stringMatching(/^It cannot be placed: job_name is /),
        },
      ],
    });
    await end('odd/0');
  });

  it('with a wish that nobody looks at are in the log with that', async () => {
    const wish = { constraints: [{ type: 'latency', area: 'x', threshold: 5 }] };
    expect((await post('logged/0', { ...service, job_name: 'logged', ...wish })).status).toBe(200);
    const told = 'constraints.0 (latency) is not looked at: nothing is measured here';
    const [event] = await newest();
    expect(event).toMatchObject({ type: 'JobSubmitted', data: { document: { warnings: [told] } } });
  });

  it.each([
    ['bad%20id/0', service, 400, 'invalid-id'],
    [`${id}/-1`, service, 400, 'invalid-field'],
    [`${id}/1.5`, service, 400, 'invalid-field'],
    [`${id}/x`, service, 400, 'invalid-field'],
    [`${id}/9999999999`, service, 400, 'invalid-field'],
    [`${id}/1`, [], 400, 'invalid-json'],
    [`${id}/1`, 'text', 400, 'invalid-json'],
  ])('to %s with %j are refused', async (path, body, status, code) => {
    const answer = await post(path, body);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      status,
      code,
    ]);
  });

  it('to end what is no number are refused', async () => {
    expect((await end(`${id}/x`)).status).toBe(400);
    expect((await end(`${id}/-2`)).status).toBe(400);
  });

  it('are not undone by those of others, unless they are forced', async () => {
    for (const number of [0, 1]) await post(`kept/${number}`, { ...service, job_name: 'kept' });
    const orders = [
      () => manager.send('POST', '/api/v1/jobs/kept/replicate', { count: 1 }),
      () => manager.send('DELETE', '/api/v1/jobs/kept'),
    ];
    for (const order of orders) {
      expect(await (await order()).json()).toMatchObject({ status: 409, code: 'job-of-root' });
    }
    const scaled = '/api/v1/jobs/kept/replicate?force=true';
    expect((await manager.send('POST', scaled, { count: 1 })).status).toBe(200);
    expect(numbersOf('kept')).toEqual([0]);
    const job = await (await manager.get('/api/v1/jobs/kept')).json();
    expect(job).toMatchObject({ byRoot: true, desired: 1 });
    expect((await manager.send('DELETE', '/api/v1/jobs/kept?force=true')).status).toBe(200);
    expect(manager.projection.state.jobs.get('kept')).toBeUndefined();
  });

  it('are shown with what of the document nobody looks at, and no more', async () => {
    await post('wishes/0', { ...service, job_name: 'wishes', bandwidth_in: 5 });
    const job = await (await manager.get('/api/v1/jobs/wishes')).json();
    expect(job).toMatchObject({
      warnings: [{ detail: 'bandwidth_in (5 kbit/s) is not looked at' }],
    });
  });

  it('are carried out like those of any job', async () => {
    await manager.submit(registerNode('n9'));
    await post('placed/4', { ...service, job_name: 'other' });
    await manager.submit(plan('placed', 'n9'));
    expect(manager.projection.state.placements.get('placed/4/1')?.nodeId).toBe('n9');
  });
});

describe('What we are to the root', () => {
  it('is told as it asks', async () => {
    const answer = await (await manager.get('/api/cluster/status')).json();
    expect(answer).toEqual({ cluster_name: 'edge', cluster_id: null, connected_to_root: false });
  });
});

describe('Where nobody asked for Oakestra', () => {
  it('there is nothing at its addresses', async () => {
    const without = await startTestManager();
    try {
      expect((await without.send('POST', `/api/service/${id}/0`, service)).status).toBe(404);
      expect((await without.send('DELETE', `/api/service/${id}/0`)).status).toBe(404);
      expect((await without.get('/api/cluster/status')).status).toBe(404);
    } finally {
      await without.close();
    }
  });
});
