import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

const serviceRules = {
  ...{ clusterName: 'edge', clusterPlace: null, cpuOvercommit: null, lostAfterMs: 20_000 },
  unkept: 'place',
} as const;
const hex = (number: number) => number.toString(16).padStart(24, '0');
/** As the old cluster keeps it: heartbeats have written over what a worker registered with. */
const candidate = {
  ...{ _id: hex(1), candidate_name: 'edge-1', host: '', ip: '10.0.0.7', port: '3000' },
  ...{ vcpus: 4, memory: 2_003.0, cpu_percent: 3.5, virtualization: null, system_info: null },
  ...{ last_modified_timestamp: 1_764_000_000.5, csi_drivers: null },
};
const service = {
  ...{ _id: hex(9), job_name: 'app.ns.web.ns', image: 'docker.io/x:1', virtualization: 'docker' },
  ...{ memory: 64, vcpus: null, status: 'RUNNING', last_modified_timestamp: 1.5 },
};
const withInstances = (...list: readonly object[]) => ({ ...service, instance_list: list });
const at = (number: number, worker_id: unknown, status = 'RUNNING') => ({
  ...{ instance_number: number, worker_id, status, logs: 'x', cpu_history: [] },
});

let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager({ serviceRules, brokerPort: () => 10_003 });
});
afterEach(() => manager.close());

const send = async (what: string, body: unknown) => {
  const answer = await manager.send('POST', `/api/v1/imports/oakestra/${what}`, body);
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> };
};
const position = () => manager.projection.state.head.position;

describe('A node of Oakestra’s data base', () => {
  it('comes over with its id, as one that was not heard of yet', async () => {
    const { said } = await send('nodes', candidate);
    expect(said).toEqual({ id: hex(1), name: 'edge-1', outcome: 'comes-over', detail: null });
    expect(manager.projection.state.nodes.get(hex(1))).toMatchObject({
      ...{ name: 'edge-1', ip: '10.0.0.7', dialect: 'oakestra', status: 'registered' },
      ...{ capacity: { cpuMillis: 4_000, memoryMiB: 2_003 }, assumed: true },
      ...{ technologies: ['docker'], acknowledges: true },
    });
  });

  it('is the machine that registers later, which gets that id', async () => {
    await send('nodes', candidate);
    const worker = {
      ...{ host: 'edge-1', ip: '10.0.0.7', vcpus: 4, memory: 3_000, virtualization: ['docker'] },
      system_info: { full_stats: JSON.stringify({ hostid: 'a' }) },
    };
    const answer = await manager.send('POST', '/api/node/register', worker);
    expect(await answer.json()).toMatchObject({ id: hex(1) });
  });

  it.each([{ vcpus: null }, { candidate_name: null }, { ip: null }])(
    'stays behind without what must be known of it: %j',
    async (without) => {
      const { status, said } = await send('nodes', { ...candidate, ...without });
      expect([status, said]).toMatchObject([200, { outcome: 'stays-behind' }]);
      expect(manager.projection.state.nodes.size).toBe(0);
    },
  );
});

describe('A service of Oakestra’s data base', () => {
  beforeEach(() => send('nodes', candidate));

  it('comes over with its numbers, each where it runs, and nothing is ordered', async () => {
    const { said } = await send('services', withInstances(at(0, hex(1)), at(7, hex(1), 'FAILED')));
    const instance = { nodeId: hex(1), outcome: 'comes-over', detail: null };
    expect(said).toEqual({
      ...{ id: hex(9), name: 'app.ns.web.ns', warnings: [] },
      instances: [
        { number: 0, ...instance },
        { number: 7, ...instance },
      ],
    });
    const { state } = manager.projection;
    expect(state.jobs.get(hex(9))).toMatchObject({
      ...{ numbering: 'given', desired: 2, document: { document: { job_name: 'app.ns.web.ns' } } },
    });
    expect(state.instances.get(`${hex(9)}/7`)).toMatchObject({ nodeId: hex(1), confirmed: false });
    expect([...state.unsentOfNode.names()]).toEqual([]);
  });

  it('is on record as taken over by whom asked for it', async () => {
    await send('services', withInstances(at(0, hex(1))));
    const answer = await manager.get('/api/v1/events?type=JobSubmitted');
    expect(JSON.parse(await answer.text())).toMatchObject({
      ...{ by: 'api/open', cause: expect.stringContaining('/imports/oakestra/services') },
    });
  });

  it('has what ran nowhere that is known placed anew, and says so', async () => {
    const { said } = await send('services', withInstances(at(0, null), at(1, hex(5))));
    expect(said['instances']).toMatchObject([
      { number: 0, nodeId: null, outcome: 'comes-over', detail: null },
      { number: 1, nodeId: null, detail: expect.stringContaining('there is no node') },
    ]);
    const { instances } = manager.projection.state;
    expect([0, 1].map((number) => instances.get(`${hex(9)}/${number}`)?.status)).toEqual([
      ...['pending', 'pending'],
    ]);
  });

  it('leaves behind what its node has no room for', async () => {
    const tooMuch = { ...withInstances(at(0, hex(1))), memory: 9_999 };
    expect((await send('services', tooMuch)).said['instances']).toMatchObject([
      { outcome: 'stays-behind', detail: expect.stringContaining('more than node') },
    ]);
  });

  it('does not run again what had completed', async () => {
    await send('services', { ...withInstances(at(0, hex(1), 'COMPLETED')), one_shot: true });
    expect(manager.projection.state.instances.get(`${hex(9)}/0`)?.status).toBe('completed');
  });
});

describe('Importing', () => {
  it('again changes nothing', async () => {
    const job = withInstances(at(0, hex(1)));
    for (const [what, body] of [
      ...([['nodes', candidate]] as const),
      ...([['services', job]] as const),
    ]) {
      await send(what, body);
      const before = position();
      expect(JSON.stringify((await send(what, body)).said)).toContain('there-already');
      expect(position()).toBe(before);
    }
  });

  it('into a ledger with jobs of its own is refused before anything is written, unless it is forced', async () => {
    const ordered = await manager.send('POST', '/api/service/own/0', { ...service, _id: 'own' });
    expect(ordered.status).toBe(200);
    const before = position();
    const job = withInstances(at(0, null));
    for (const [what, document] of [
      ...([['nodes', candidate]] as const),
      ...([['services', job]] as const),
    ]) {
      const { status, said } = await send(what, document);
      expect([status, said['code'], said['detail']]).toEqual([
        ...[409, 'ledger-in-use', expect.stringContaining('1 other jobs already (own)')],
      ]);
      expect((await send(`${what}?dryRun=true`, document)).status).toBe(200);
    }
    expect(position()).toBe(before);
    expect((await send('nodes?force=true', candidate)).said['outcome']).toBe('comes-over');
    expect((await send('services?force=true', job)).said['instances']).toMatchObject([
      { outcome: 'comes-over' },
    ]);
  });

  it('only tells what would come over when asked so', async () => {
    const before = position();
    const node = await send('nodes?dryRun=true', candidate);
    const job = await send('services?dryRun=true', withInstances(at(0, hex(1))));
    expect(node.said).toMatchObject({ outcome: 'comes-over' });
    expect(job.said['instances']).toMatchObject([{ nodeId: hex(1), outcome: 'comes-over' }]);
    expect(position()).toBe(before);
  });

  it.each([{ _id: 'x' }, { _id: undefined }, { _id: 7 }])('refuses %j', async (wrong) => {
    expect((await send('nodes', { ...candidate, ...wrong })).status).toBe(400);
    expect((await send('services', { ...withInstances(), ...wrong })).status).toBe(400);
  });

  it('is not there where nobody asked for Oakestra', async () => {
    await manager.close();
    manager = await startTestManager();
    for (const what of ['nodes', 'services']) {
      const { status, said } = await send(what, { ...candidate, ...service });
      expect([status, said]).toMatchObject([404, { code: 'route-unknown' }]);
    }
  });
});
