import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  InstanceSummary,
  JobAnswer,
  JobSummary,
  NodeAnswer,
  NodeChanges,
  Page,
} from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { startTestManager, type TestManager } from '../http/testing/test-manager.js';
import { ack, proposal, registerNode, submitJob } from '../testing/given.js';

let ports: SimulatedPorts;
let manager: TestManager;
beforeEach(async () => {
  ports = simulatedPorts();
  manager = await startTestManager({ ports });
});
afterEach(() => manager.close());

async function read<T>(path: string): Promise<T> {
  return (await (await manager.get(path)).json()) as T;
}

describe('the position of readings in an answer', () => {
  it('is learnt without looking at every node', async () => {
    await manager.submit(registerNode('n1'));
    manager.telemetry.foreignSince = () => {
      throw new Error('the readings of every node were copied');
    };
    manager.telemetry.newest = 7;
    const first = await manager.get('/api/v1/nodes');
    const tag = first.headers.get('etag') ?? '';
    expect([first.status, tag]).toEqual([200, 'W/"1-7"']);
    const again = await manager.get('/api/v1/nodes', { 'if-none-match': tag });
    expect(again.status).toBe(304);
    expect((await manager.get('/api/v1/nodes/n1')).status).toBe(200);
    expect((await manager.get('/metrics')).status).toBe(200);
  });
});

describe('GET /api/v1/jobs/{id}', () => {
  it('says what it says itself, whatever members the document has', async () => {
    const posing = { rollout: { status: 'failed' }, instances: [], status: 'gone', revision: 99 };
    const pretended = { ...posing, desired: 7, position: 0, warnings: [], document: 'odd' };
    await manager.submit(submitJob('web', pretended));
    const { document, warnings = [], ...said } = await read<JobAnswer>('/api/v1/jobs/web');
    expect(said).toMatchObject({ status: 'active', desired: 1, revision: 1, position: 1 });
    expect(said).not.toHaveProperty('rollout');
    expect(said.instances).toHaveLength(1);
    expect(document).toMatchObject(pretended);
    expect(warnings.map(({ field }) => field).sort()).toEqual(Object.keys(pretended).sort());
  });

  it('shows the document, and each instance once with its reason', async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web', { count: 2, team: 'blue' }));
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
    const job = await read<JobAnswer>('/api/v1/jobs/web');
    expect(job).toMatchObject({ id: 'web', status: 'active', desired: 2 });
    expect(job.document).toEqual({
      ...{ id: 'web', name: 'web', image: 'web:1', technology: 'docker', count: 2, team: 'blue' },
    });
    expect(job.position).toBe(manager.projection.position);
    expect(job.instances).toMatchObject([
      { number: 0, generation: 1, status: 'placed', nodeId: 'n1', reason: 'because n1' },
      { number: 1, generation: 0, status: 'pending', nodeId: null },
    ]);
  });

  it('shows an instance as unknown while nobody hears from its node', async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web'));
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
    const [command] = [...manager.projection.state.commands.values()];
    await manager.submit(ack('n1', command?.id ?? '', 'succeeded'));
    for (const seen of ['silent', 'disconnected'] as const) {
      await manager.submit({
        type: 'ObserveNode',
        nodeId: 'n1',
        incarnation: manager.projection.state.nodes.get('n1')?.incarnation ?? 0,
        seen,
        reason: 'nothing heard for 10 s',
      });
    }
    const job = await read<JobAnswer>('/api/v1/jobs/web');
    expect(job.instances[0]).toMatchObject({ status: 'unknown', nodeId: 'n1' });
    expect(job.instances[0]?.reason).toContain('n1 is disconnected');
    const { items } = await read<Page<JobSummary>>('/api/v1/jobs');
    expect(items[0]?.counts).toEqual({ unknown: 1 });
  });

  it('shows where an instance is moving to', async () => {
    for (const id of ['n1', 'n2']) await manager.submit(registerNode(id));
    await manager.submit(submitJob('web'));
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
    const [command] = [...manager.projection.state.commands.values()];
    await manager.submit(ack('n1', command?.id ?? '', 'succeeded'));
    manager.scheduler.answer = () => ({ answers: [proposal(['n2'])] });
    await manager.send('POST', '/api/v1/jobs/web/instances/0/move');
    const job = await read<JobAnswer>('/api/v1/jobs/web');
    expect(job.instances[0]).toMatchObject({
      status: 'running',
      nodeId: 'n1',
      movingTo: { nodeId: 'n2', generation: 2 },
    });
  });

  it('says what each instance uses, of the generation that is there, and all of them in one list', async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web', { count: 2 }));
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1', 'n1']) });
    manager.telemetry.uses.set('n1', [
      { job: 'web', instance: 0, generation: 1, cpu: 1250, memory: 300 },
      { job: 'web', instance: 1, generation: 9, cpu: 100, memory: 100 },
    ]);
    const { instances } = await read<JobAnswer>('/api/v1/jobs/web');
    expect(instances.map(({ used = null }) => used)).toEqual([{ cpu: 12.5, memory: 3 }, null]);
    const { items } = await read<Page<InstanceSummary>>('/api/v1/instances');
    expect(items).toMatchObject([
      { id: 'web/0', job: 'web', nodeId: 'n1', restarts: 0, used: { cpu: 12.5, memory: 3 } },
      { id: 'web/1', generation: 1, used: null },
    ]);
    const next = await read<Page<InstanceSummary>>('/api/v1/instances?named=web/1');
    expect(next.items.map(({ id }) => id)).toEqual(['web/1']);
  });

  it('counts how often an instance was started again, and says when its job was submitted', async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web'));
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
    const [command] = [...manager.projection.state.commands.values()];
    await manager.submit(ack('n1', command?.id ?? '', 'failed'));
    const { failures, restarts } = (await read<JobAnswer>('/api/v1/jobs/web')).instances[0] ?? {};
    expect({ failures, restarts }).toEqual({ failures: 1, restarts: 0 });
    await manager.submit({ type: 'RetryInstance', id: 'web', instance: 0, generation: 1 });
    const { items } = await read<Page<JobSummary>>('/api/v1/jobs');
    expect(items).toMatchObject([{ restarts: 1, submittedAt: expect.stringMatching(/Z$/) }]);
  });

  it('answers 404 for no job', async () => {
    expect(await read('/api/v1/jobs/none')).toMatchObject({ status: 404, code: 'job-unknown' });
  });
});

describe('lists', () => {
  const ids = ['b', 'a', 'd', 'c', 'e'];
  beforeEach(async () => {
    for (const id of ids) await manager.submit(submitJob(id, { count: 2 }));
  });

  it('are in the order of ids, with counts by status', async () => {
    const page = await read<Page<JobSummary>>('/api/v1/jobs');
    expect(page.items.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(page.items[0]).toMatchObject({ desired: 2, counts: { pending: 2 } });
    expect(page.position).toBe(5);
    expect(page).not.toHaveProperty('next');
  });

  it('are read page by page, whatever comes between', async () => {
    const seen: string[] = [];
    let path = '/api/v1/jobs?limit=2';
    for (let pages = 0; path !== '' && pages < 5; pages += 1) {
      const { items, next } = await read<Page<JobSummary>>(path);
      seen.push(...items.map(({ id }) => id));
      await manager.submit(submitJob('aa'));
      path = next === undefined ? '' : `/api/v1/jobs?limit=2&cursor=${next}`;
    }
    expect(seen).toEqual(ids.sort());
  });

  it('say whom a text means: the id, then names, then what begins so', async () => {
    const chosen = '0b7f3c2e-8d1a-4c57-9f0e-3a2b1c4d5e6f';
    await manager.submit(submitJob(chosen, { name: 'aa' }));
    await manager.submit(submitJob('aab', { name: 'x' }));
    await manager.submit(submitJob('aa', { name: 'y' }));
    const meant = async (query: string): Promise<readonly string[]> =>
      (await read<Page<JobSummary>>(`/api/v1/jobs?${query}`)).items.map(({ id }) => id);
    expect(await meant('named=aa')).toEqual(['aa', chosen, 'aab']);
    expect(await meant('named=aa&limit=2')).toEqual(['aa', chosen]);
    expect(await meant('named=0b7f')).toEqual([chosen]);
    expect(await meant('named=nobody')).toEqual([]);
  });

  it.each([
    ...['limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=2', 'cursor=%21', 'since=3'],
    ...['cursor=YQ&named=b', 'named=a&named=b'],
  ])('refuse ?%s, naming the parameter', async (query) => {
    const answer = await read(`/api/v1/jobs?${query}`);
    expect(answer).toMatchObject({ status: 400, field: query.split('=')[0] });
  });
});

describe('GET /api/v1/nodes', () => {
  beforeEach(async () => {
    for (const id of ['n2', 'n1']) await manager.submit(registerNode(id));
  });

  it('joins the newest reading to what the ledger knows', async () => {
    manager.telemetry.readings.set('n1', { cpu: 12.5, memory: 40, seenMs: 1_767_225_600_000 });
    const { items } = await read<Page<NodeAnswer>>('/api/v1/nodes');
    expect(items).toMatchObject([
      {
        id: 'n1',
        status: 'ready',
        capacity: { cpuMillis: 4000, memoryMiB: 8192 },
        assumed: true,
        reserved: { cpuMillis: 0, memoryMiB: 0 },
        used: { cpu: 12.5, memory: 40 },
        lastSeen: '2026-01-01T00:00:00.000Z',
        instances: 0,
      },
      { id: 'n2', used: null, lastSeen: null },
    ]);
    expect(await read('/api/v1/nodes/n1')).toEqual(items[0]);
  });

  it('answers 404 for no node', async () => {
    expect(await read('/api/v1/nodes/n9')).toMatchObject({ status: 404, code: 'node-unknown' });
  });

  it('feeds a scheduler what its copy lacks', async () => {
    manager.telemetry.newest = 4;
    const path = '/api/v1/node-changes?since=0&telemetrySince=0';
    expect(await read<NodeChanges>(path)).toMatchObject({
      position: 2,
      telemetry: 4,
      removed: [],
      foreign: [{ id: 'n1' }],
    });
    expect(await read(`/api/v1/node-changes?since=2&telemetrySince=4`)).toEqual({
      position: 2,
      telemetry: 4,
      complete: false,
      nodes: [],
      removed: [],
      foreign: [],
    });
    expect(await read('/api/v1/node-changes?since=99')).toMatchObject({
      complete: true,
      nodes: [{ id: 'n2' }, { id: 'n1' }],
    });
  });
});

describe('every view', () => {
  it('says its position and age', async () => {
    await manager.submit(submitJob('web'));
    await ports.advance(1_500);
    const { headers } = await manager.get('/api/v1/jobs');
    expect(headers.get('oakring-position')).toBe('1');
    expect(headers.get('oakring-age-ms')).toBe('1500');
    expect(headers.get('etag')).toBe('W/"1"');
  });

  it('is not sent again while its tag holds', async () => {
    await manager.submit(submitJob('web'));
    const tag = (await manager.get('/api/v1/jobs/web')).headers.get('etag') ?? '';
    const again = await manager.get('/api/v1/jobs/web', { 'if-none-match': `"x", ${tag}` });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    await manager.submit(submitJob('other'));
    expect((await manager.get('/api/v1/jobs/web', { 'if-none-match': tag })).status).toBe(200);
  });

  it('is sent again with new readings where it shows them', async () => {
    const tag = (await manager.get('/api/v1/nodes')).headers.get('etag') ?? '';
    expect((await manager.get('/api/v1/nodes', { 'if-none-match': tag })).status).toBe(304);
    manager.telemetry.newest += 1;
    expect((await manager.get('/api/v1/nodes', { 'if-none-match': tag })).status).toBe(200);
  });

  it('waits for the position asked for', async () => {
    const waiting = read<Page<JobSummary>>('/api/v1/jobs?minPosition=1');
    await manager.submit(submitJob('web'));
    expect((await waiting).items).toHaveLength(1);
  });

  it('gives up after 5 s, and says when to come back', async () => {
    // The timer of the wait is the sign that the request has arrived.
    let arrived: () => void = () => {};
    const waits = new Promise<void>((resolve) => (arrived = resolve));
    const reach = manager.projection.reach.bind(manager.projection);
    manager.projection.reach = (...range) => {
      arrived();
      return reach(...range);
    };
    const waiting = manager.get('/api/v1/jobs?minPosition=9');
    await waits;
    await ports.advance(5_000);
    const response = await waiting;
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ code: 'position-not-reached', value: 9 });
  });

  it.each(['-1', 'x', '1.5', '99999999999999999'])('refuses minPosition=%s', async (position) => {
    expect(await read(`/api/v1/jobs?minPosition=${position}`)).toMatchObject({
      status: 400,
      code: 'position-invalid',
      field: 'minPosition',
    });
  });
});

describe('GET /api/v1/cluster', () => {
  it('names what the leader fails to do, as of now, until it goes on', async () => {
    const seals = { name: 'seals', keys: 1, oldestMs: 0, failures: 3 };
    const sinceMs = ports.clock.wallMs();
    const trouble = { sinceMs, reason: 'The disk is full.' };
    const leadership = {
      status: { leading: true, leader: 'http://127.0.0.1' },
      processes: [{ ...seals, trouble }] as readonly (typeof seals & {
        trouble: typeof trouble | null;
      })[],
    };
    const leader = await startTestManager({ ports, leadership });
    const answer = await leader.get('/api/v1/cluster');
    const before = await leader.get('/api/v1/cluster?at=0');
    leadership.processes = [{ ...seals, trouble: null }];
    const tag = answer.headers.get('etag') ?? '';
    const after = await leader.get('/api/v1/cluster', { 'if-none-match': tag });
    await leader.close();
    const since = new Date(sinceMs).toISOString();
    expect(await answer.json()).toMatchObject({
      degraded: [{ what: 'seals', since, reason: 'The disk is full.' }],
    });
    for (const other of [before, after]) expect(await other.json()).not.toHaveProperty('degraded');
  });
});

describe('GET /api/v1/nodes?at=', () => {
  it('joins in the readings of that time, as far as they are kept', async () => {
    await manager.submit(registerNode('n1'));
    const at = ports.clock.wallMs();
    const reading = { nodeId: 'n1', at: at - 2_000, cpu: 1_250, memory: 3_000 };
    manager.telemetryLog.append([
      { ...reading, at: at - 90_000, cpu: 9_900 },
      { ...reading, at: at - 4_000, cpu: 1_000 },
      reading,
      { ...reading, at: at + 1, cpu: 7_700 },
    ]);
    const moment = encodeURIComponent(new Date(at).toISOString());
    const node = await read<NodeAnswer>(`/api/v1/nodes/n1?at=${moment}`);
    expect(node.used).toEqual({ cpu: 12.5, memory: 30 });
    expect(node.lastSeen).toBe(new Date(at - 2_000).toISOString());
    const { items } = await read<Page<NodeAnswer>>(`/api/v1/nodes?at=${moment}`);
    expect(items[0]?.used).toEqual({ cpu: 12.5, memory: 30 });
  });
});

describe('the instances of a node', () => {
  it('are those that count there: not what was lost there and replaced', async () => {
    for (const id of ['n1', 'n2']) await manager.submit(registerNode(id));
    await manager.submit(submitJob('web'));
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
    expect((await read<NodeAnswer>('/api/v1/nodes/n1')).instances).toBe(1);
    const { incarnation = 0 } = manager.projection.state.nodes.get('n1') ?? {};
    for (const seen of ['silent', 'disconnected'] as const) {
      const reason = 'nothing heard for 30 s';
      await manager.submit({ type: 'ObserveNode', nodeId: 'n1', incarnation, seen, reason });
    }
    await manager.submit({
      type: 'DeclareLost',
      nodeId: 'n1',
      placements: ['web/0/1'],
      reason: 'silent for 30 s',
    });
    const node = await read<NodeAnswer>('/api/v1/nodes/n1');
    expect(node.instances).toBe(0);
    expect(node.reserved.cpuMillis).toBeGreaterThan(0);
  });
});
