import { afterEach, describe, expect, it } from '@jest/globals';
import type { SigningKey } from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { startTestManager, type TestManager } from '../http/testing/test-manager.js';
import { registerNode } from '../testing/given.js';

let ports: SimulatedPorts;
let manager: TestManager;

afterEach(() => manager.close());

/** A node has registered; `leaders`: who opened epochs before. */
async function start(...leaders: readonly SigningKey[]): Promise<number> {
  ports = simulatedPorts();
  manager = await startTestManager({ ports, leaders });
  await manager.submit(registerNode('n1'));
  return manager.projection.position;
}

async function verified(): Promise<Record<string, unknown>> {
  const answer = await manager.get('/api/v1/ledger/verify');
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

async function metric(name: string): Promise<string | undefined> {
  const text = await (await manager.get('/metrics')).text();
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1];
}

describe('GET /api/v1/ledger/verify', () => {
  it('says how far this manager has come, and what it found', async () => {
    const head = await start(freshKey());
    expect(await verified()).toMatchObject({ status: 'verifying', verifiedTo: 0, head, at: null });
    manager.verification.start();
    await ports.advance(2_000);
    expect(await verified()).toMatchObject({
      ...{ status: 'whole', verifiedTo: head, head, passes: 1, damage: null, share: 0.05 },
    });
    expect(await metric('oakring_ledger_verified_position')).toBe(String(head));
  });

  it('names damage, as /metrics, the cluster and the log do', async () => {
    const head = await start();
    expect(await metric('oakring_ledger_verification_failures_total')).toBe('0');
    // It begins with a node, where nobody founded it.
    manager.verification.start();
    await ports.advance(2_000);
    expect(await verified()).toMatchObject({
      ...{ status: 'damaged', verifiedTo: 0, head },
      damage: { position: 1, kind: 'epoch', detail: 'nobody founded it' },
    });
    expect(await metric('oakring_ledger_verification_failures_total')).toBe('1');
    expect(await metric('oakring_ledger_verified_position')).toBe('0');
    expect(await metric('oakring_ledger_verification_age_seconds')).toBe('2');
    const cluster = await (await manager.get('/api/v1/cluster')).json();
    expect(cluster).toMatchObject({ degraded: [{ what: 'ledger verification' }] });
    expect(manager.warnings).toEqual([expect.stringContaining('position 1 (epoch)')]);
  });
});
