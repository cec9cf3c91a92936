import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RootAnswer } from '@oakring/contracts/http';
import { freshKey } from '@oakring/events/testing';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { orderInstance } from '../../testing/given.js';

const [former, newer] = ['5f1d2c3b4a59687766554433', '5f1d2c3b4a59687766554444'];
const founder = freshKey();

let ports: SimulatedPorts;
let manager: TestManager;
beforeEach(() => {
  ports = simulatedPorts();
});
afterEach(() => manager.close());

/** With a root that took a report 4 s ago, and failed twice. */
async function start(): Promise<void> {
  const nowMs = ports.clock.wallMs();
  const standing = {
    now: () => ({ clusterId: newer, isConnected: true, sinceMs: nowMs - 9_000 }),
    forgotMs: nowMs - 60_000,
    lastReport: { atMs: nowMs - 4_000, tookMs: 12.3, builtMs: 8, bytes: 900, instances: 1 },
    counts: { registrations: 1, reports: 4, failures: 2 },
  };
  const root = { root: { name: 'root.example:10000' }, standing };
  manager = await startTestManager({ ports, root, leaders: [founder] });
}

async function shown(): Promise<RootAnswer> {
  return (await (await manager.get('/api/v1/root')).json()) as RootAnswer;
}

async function metrics(): Promise<string> {
  return (await manager.get('/metrics')).text();
}

/** A job of a root that has lost its memory since, and one that the root dismissed after that. */
async function forgets(): Promise<void> {
  await manager.submit({ type: 'RecordRoot', root: former });
  await manager.submit(orderInstance('r', 0));
  await manager.submit({ type: 'RecordRoot', root: newer });
  await manager.submit(orderInstance('s', 0, { name: 'other' }));
  await manager.submit({ type: 'DismissJob', id: 's' });
}

describe('GET /api/v1/root', () => {
  it('says that the cluster stands alone', async () => {
    manager = await startTestManager({ ports });
    expect(await shown()).toMatchObject({ address: null, connected: false, jobs: 0, kept: [] });
  });

  it('says how we stand with the root', async () => {
    await start();
    const at = new Date(ports.clock.wallMs() - 4_000).toISOString();
    expect(await shown()).toEqual({
      address: 'root.example:10000',
      clusterId: newer,
      connected: true,
      connectedSince: new Date(ports.clock.wallMs() - 9_000).toISOString(),
      lastReport: { at, ageMs: 4_000, tookMs: 12, bytes: 900, instances: 1 },
      calls: { registrations: 1, reports: 4, failures: 2 },
      jobs: 0,
      kept: [],
    });
  });

  it('names jobs that the root forgot, and those that it dismissed unconfirmed', async () => {
    await start();
    await forgets();
    const { jobs, kept } = await shown();
    expect(jobs).toBe(1);
    expect(kept).toMatchObject([
      { id: 'r', why: 'forgotten', desired: 1, nodes: [] },
      { id: 's', name: 'other', why: 'dismissed', desired: 1, nodes: [] },
    ]);
  });

  it('names none that an operator has ended', async () => {
    await start();
    await forgets();
    await manager.submit({ type: 'DeleteJob', id: 'r', force: true });
    expect((await shown()).kept.map(({ id }) => id)).toEqual(['s']);
  });
});

describe('GET /api/v1/cluster', () => {
  it('is degraded while jobs that the root forgot run on, until an operator ends them', async () => {
    await start();
    await forgets();
    const since = new Date(ports.clock.wallMs() - 60_000).toISOString();
    const during = await (await manager.get('/api/v1/cluster')).json();
    expect(during).toMatchObject({
      degraded: [{ what: 'root memory', since, reason: expect.stringContaining('1 job run on') }],
    });
    await manager.submit({ type: 'DeleteJob', id: 'r', force: true });
    const after = await (await manager.get('/api/v1/cluster')).json();
    expect(after).not.toHaveProperty('degraded');
  });
});

describe('The metrics of the root', () => {
  it('say whether it is there, what it took, and what it forgot', async () => {
    await start();
    await forgets();
    const text = await metrics();
    expect(text).toContain('oakring_root_connected 1\n');
    expect(text).toContain('oakring_root_report_age_seconds 4\n');
    expect(text).toContain('oakring_root_report_build_seconds 0.008\n');
    expect(text).toContain('oakring_root_failures_total 2\n');
    expect(text).toContain('oakring_root_jobs_kept{why="forgotten"} 1\n');
    expect(text).toContain('oakring_root_jobs_kept{why="dismissed"} 1\n');
  });

  it('are not there where there never was one', async () => {
    manager = await startTestManager({ ports });
    expect(await metrics()).not.toMatch(/^oakring_root_/m);
  });
});
