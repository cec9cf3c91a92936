import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@oakring/events';
import { ClusterState } from '@oakring/model';
import { Judge } from './judge.js';
import { World } from './world.js';

const placed = { job: 'j', instance: 0, generation: 1 };
const order = JSON.stringify({ job_name: 'j', instance_number: 0 });
let world: World;
let judge: Judge;
let state: ClusterState;

/** Worker `a` of Oakestra runs j/0/1; managers hear it, undisturbed, up to second 20. */
beforeEach(async () => {
  world = new World(1);
  judge = new Judge(world);
  state = new ClusterState(false);
  judge.strict.has('a');
  judge.strict.linked(true);
  put('nodes', 'a', { id: 'a', status: 'ready', capacity: {}, reserved: {} });
  put('jobs', 'j', { id: 'j', policy: { onDisconnect: { lostAfterMs: 20_000 } } });
  put('placements', 'j/0/1', { ...placed, number: 0, nodeId: 'a', wanted: true });
  commit('CommandIssued', { kind: 'deploy', nodeId: 'a', instance: 0, generation: 1 });
  judge.started('a', placed);
  commit('InstanceReported', {});
  judge.strict.isWell('a');
  await world.runUntil(20_000);
  judge.strict.heard('nodes/a/information');
});

const lost = { nodeId: 'a', instance: 0, generation: 1 };

describe('The judge of workers that name no generation', () => {
  it('knows which start an order is about', () => {
    expect(judge.strict.startIn('nodes/a/control/deploy', order)).toEqual(placed);
    expect(judge.strict.startIn('nodes/a/control/delete', order)).toBeNull();
  });

  it('does not let pass that something ends by the ledger that runs', () => {
    state.placements.delete('j/0/1');
    commit('InstanceReported', {});
    expect(judge.violation?.message).toContain('j/0/1 has ended on a by the ledger');
  });

  it('lets pass that it ends with its machine', () => {
    judge.died('a');
    state.placements.delete('j/0/1');
    commit('InstanceReported', {});
    expect(judge.isQuiet).toBe(true);
  });

  it.each([
    [19_900, '19900 ms after its last message'],
    [20_000, null],
  ])(
    'of a loss after a silence of %i ms says: %j, whatever the clock of who decided',
    async (silentMs, why) => {
      await world.runUntil(20_000 + silentMs);
      commit('InstanceLost', lost, 'jobs/j', world.between(-4_000, 4_000));
      if (why === null) expect(judge.isQuiet).toBe(true);
      else expect(judge.violation?.message).toContain(why);
    },
  );

  it.each([
    [104_900, 'after an outage of 40000 ms'],
    [105_100, null],
  ])('of a loss at %i ms says of an outage that ended at 60000: %j', async (atMs, why) => {
    judge.strict.troubled('a', 1_000_000);
    judge.strict.linked(false);
    await world.runUntil(60_000);
    judge.strict.linked(true);
    await world.runUntil(atMs);
    commit('InstanceLost', lost);
    if (why === null) expect(judge.isQuiet).toBe(true);
    else expect(judge.violation?.message).toContain(why);
  });

  it('lets pass a loss after its patience of one that has registered since an outage', async () => {
    judge.strict.linked(false);
    await world.runUntil(60_000);
    judge.strict.linked(true);
    await world.runUntil(61_000);
    commit('NodeRegistered', {}, 'nodes/a');
    judge.strict.troubled('a', 1_000_000);
    await world.runUntil(81_000);
    commit('InstanceLost', lost);
    expect(judge.violation).toBeNull();
  });

  it('does not let pass a loss where only the broker was away, however late', async () => {
    judge.strict.linked(false);
    await world.runUntil(60_000);
    judge.strict.linked(true);
    await world.runUntil(600_000);
    commit('InstanceLost', lost);
    expect(judge.violation?.message).toContain('only the broker was away');
  });

  it('does not let pass an order that a worker cannot carry out', () => {
    judge.strict.said('a', { status: 'FAILED', status_detail: 'task already deployed' });
    expect(judge.isQuiet).toBe(true);
    judge.strict.said('a', { status: 'FAILED', status_detail: 'snapshot: already exists' });
    expect(judge.violation?.message).toContain('was ordered what it cannot do');
  });
});

function put(view: 'nodes' | 'jobs' | 'placements', key: string, record: object): void {
  (state[view] as unknown as Map<string, object>).set(key, record);
}

function commit(type: StoredEvent['type'], data: object, stream = 'jobs/j', errorMs = 0): void {
  const event = { type, stream, data, at: world.wallMs + errorMs };
  judge.committed([event as unknown as StoredEvent], state, errorMs);
}
