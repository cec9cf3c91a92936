import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SigningKey } from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { simulatedPorts, systemPorts, type SimulatedPorts } from '@oakring/ports';
import { openEventStore, type EventLogWriter, type EventStore } from '@oakring/stores';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../infra/mongo/testing/mongod.js';
import { startTestManager, type TestManager } from '../http/testing/test-manager.js';
import { registerNode } from '../testing/given.js';

let ports: SimulatedPorts;
let manager: TestManager;

afterEach(() => manager.close());

/** A node has registered; `leaders`: who opened epochs before. */
async function start(...leaders: readonly SigningKey[]): Promise<number> {
  return startOver(undefined, leaders);
}

/** `log`: empty; without it one in memory. */
async function startOver(
  log: EventLogWriter | undefined,
  leaders: readonly SigningKey[],
): Promise<number> {
  ports = simulatedPorts();
  manager = await startTestManager({ ports, leaders, ...(log === undefined ? {} : { log }) });
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

describeWithMongod('GET /api/v1/ledger/verify, over MongoDB', () => {
  let mongod: AnyMongod;
  let store: EventStore;

  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(() => mongod.remove());
  afterEach(() => store.close());

  /** Its store answers in its own time, and the clock goes on only when it is asked. */
  async function settled(): Promise<Record<string, unknown>> {
    manager.verification.start();
    for (;;) {
      await ports.advance(1_000);
      const answer = await verified();
      if (answer['status'] !== 'verifying') return answer;
    }
  }

  async function startIn(database: string): Promise<number> {
    store = await openEventStore(mongod.url(database), systemPorts().timers);
    return startOver(store.log, [freshKey()]);
  }

  it('says that all of it is whole', async () => {
    const head = await startIn('whole');
    expect(await settled()).toMatchObject({ status: 'whole', verifiedTo: head, head });
  });

  it('names what somebody changed there', async () => {
    const head = await startIn('changed');
    const client = await mongod.client();
    const ledger = client.db(new URL(mongod.url('changed')).pathname.slice(1)).collection('ledger');
    await ledger.updateOne({ _id: head } as object, [
      { $set: { events: { $replaceOne: { input: '$events', find: 'n1', replacement: 'n2' } } } },
    ]);
    await client.close();
    expect(await settled()).toMatchObject({
      ...{ status: 'damaged', verifiedTo: head - 1, head },
      damage: { position: head, kind: 'hash' },
    });
  });
});
