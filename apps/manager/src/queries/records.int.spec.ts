import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from '../http/testing/test-manager.js';
import { proposal, registerNode, submitJob } from '../testing/given.js';

let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager();
});
afterEach(() => manager.close());

async function read(path: string): Promise<Record<string, unknown>> {
  return (await (await manager.get(path)).json()) as Record<string, unknown>;
}

describe('GET /api/v1/decisions/{id}', () => {
  async function decisionOf(number: number): Promise<string> {
    const job = await read('/api/v1/jobs/web');
    const instances = job['instances'] as readonly { decision: string }[];
    return instances[number]?.decision ?? '';
  }

  it('tells why an instance was placed where it is', async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web'));
    await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
    const id = await decisionOf(0);
    expect(await read(`/api/v1/decisions/${id}`)).toMatchObject({
      id,
      type: 'InstancesPlaced',
      job: 'web',
      position: 3,
      decisionId: id,
      basis: { policy: 'test', seed: 1 },
      placements: [{ instance: 0, nodeId: 'n1', reason: 'because n1', total: 50 }],
    });
  });

  it('tells why an instance was placed nowhere', async () => {
    await manager.submit(submitJob('web'));
    const detail = 'No node is registered.';
    await manager.submit({ type: 'RefusePlacement', id: 'web', code: 'no-nodes', detail });
    expect(await read(`/api/v1/decisions/${await decisionOf(0)}`)).toMatchObject({
      type: 'PlacementRefused',
      job: 'web',
      code: 'no-nodes',
      detail,
    });
  });

  it.each(['1-0', '99-0', '2-99', '0-0', 'x', '1', '1-x'])('knows no decision %s', async (id) => {
    await manager.submit(submitJob('web'));
    expect(await read(`/api/v1/decisions/${id}`)).toMatchObject({
      status: 404,
      code: 'decision-unknown',
    });
  });
});

describe('GET /api/v1/ledger/head', () => {
  it('is the position and hash of the newest commit', async () => {
    await manager.submit(submitJob('web'));
    const { position, hash, epoch } = await manager.log.head();
    expect(await read('/api/v1/ledger/head')).toEqual({
      position,
      hash,
      epoch,
      leader: 'http://127.0.0.1',
      leading: true,
    });
    expect(position).toBe(1);
  });
});

describe('GET /api/v1/dead-letters', () => {
  it('lists the newest, as many as asked for', async () => {
    for (let index = 0; index < 3; index += 1) {
      manager.letters.push({
        at: '2026-01-01T00:00:00.000Z',
        topic: `nodes/n${index}/information`,
        code: 'invalid-json',
        reason: 'not JSON',
        payload: '{',
        suppressed: 0,
      });
    }
    const page = await read('/api/v1/dead-letters?limit=2');
    expect(page).toEqual({ items: manager.letters.slice(0, 2), position: 0 });
  });

  it('lists at most what is kept', async () => {
    expect(await read('/api/v1/dead-letters?limit=10001')).toMatchObject({
      status: 400,
      field: 'limit',
    });
  });
});

describe('health', () => {
  it('is live as long as it answers', async () => {
    manager.readiness.ready = false;
    const response = await manager.get('/health/live');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ok' });
  });

  it('is not live where a restart would help, and says why', async () => {
    manager.readiness.stuck = 'an append has not ended';
    const response = await manager.get('/health/live');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: { progress: { status: 'down', detail: 'an append has not ended' } },
    });
  });

  it('says of each part how it is, since when, and what to do', async () => {
    const [root, disk] = ['it does not answer', 'See that it runs.'];
    manager.readiness.parts = [
      { part: 'log', status: 'up', detail: 'well', sinceMs: 1_000 },
      { part: 'root', status: 'degraded', detail: root, remedy: disk, sinceMs: 2_000 },
    ];
    const response = await manager.get('/health/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'degraded',
      details: {
        log: { status: 'up', detail: 'well', since: '1970-01-01T00:00:01.000Z' },
        root: { status: 'degraded', detail: root, remedy: disk, since: '1970-01-01T00:00:02.000Z' },
      },
    });
    expect(await (await manager.get('/api/v1/cluster')).json()).toMatchObject({
      degraded: [{ what: 'root', since: '1970-01-01T00:00:02.000Z', reason: `${root}. ${disk}` }],
    });
  });

  it('is ready when the manager says so', async () => {
    const response = await manager.get('/health/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      details: { manager: { status: 'up', detail: 'all is well' } },
    });
  });

  it('is not ready otherwise, and says what is missing', async () => {
    manager.readiness.ready = false;
    manager.readiness.detail = 'the broker is away';
    const response = await manager.get('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'error',
      details: { manager: { status: 'down', detail: 'the broker is away' } },
    });
  });
});

describe('GET /metrics', () => {
  it('counts what the views hold', async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web', { count: 3 }));
    manager.telemetry.newest = 42;
    manager.messages.set('ack', 3).set('state', 0);
    const response = await manager.get('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await response.text();
    expect(text).toContain('oakring_ledger_head_position 2');
    expect(text).toContain('oakring_nodes{status="ready"} 1');
    expect(text).toContain('oakring_storm 0');
    expect(text).toContain('oakring_process_keys{process="stops"} 2');
    expect(text).toContain('oakring_process_oldest_seconds{process="stops"} 1.5');
    expect(text).toContain('oakring_process_failures_total{process="stops"} 1');
    expect(text).toContain('oakring_instances_crash_looping 0');
    expect(text).toContain('oakring_instances{status="pending"} 3');
    expect(text).toContain('oakring_telemetry_readings_total 42');
    expect(text).toContain('oakring_messages_total{what="ack"} 3');
    expect(text).toContain('oakring_messages_total{what="state"} 0');
    expect(text).toContain('oakring_dead_letters_total{code="invalid-json"} 0');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('tells the truth of the process at the first scrape, and at two in a row', async () => {
    const spentBefore = process.cpuUsage();
    for (const scrape of ['first', 'second']) {
      const text = await (await manager.get('/metrics')).text();
      const valueOf = (name: string): number =>
        Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      const user = valueOf('process_cpu_user_seconds_total');
      expect({ scrape, user }).toEqual({ scrape, user: expect.any(Number) });
      expect(user).toBeGreaterThanOrEqual(spentBefore.user / 1e6);
      expect(valueOf('process_cpu_seconds_total')).toBeGreaterThanOrEqual(user);
      // No test takes an hour.
      for (const name of ['min', 'max', 'mean', 'p99']) {
        const delay = valueOf(`nodejs_eventloop_lag_${name}_seconds`);
        expect({ name, delay, isDelay: delay >= 0 && delay < 3600 }).toMatchObject({
          isDelay: true,
        });
      }
    }
  });
});
