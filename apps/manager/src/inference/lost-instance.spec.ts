import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  lose,
  orderStops,
  plan,
  registerNode,
  submitJob,
} from '../testing/given.js';
import { OneWorker } from './testing/one-worker.js';

/** The rows of docs/state-machines.md, workers that do not acknowledge, about what was lost. */

describe('A lost instance', () => {
  it('is found when lists at their pace have it', async () => {
    const world = await new OneWorker().running();
    await world.pass(20_000);
    lose(world.cluster, 'a');
    expect(world.list('j/0')).toEqual([]);
    expect(await world.lists(2, 'j/0')).toContain('j/0/1 running');
    expect(world.instance).toMatchObject({ status: 'running', generation: 1 });
  });

  it('is gone when lists at their pace have been without it for two periods', async () => {
    const world = await new OneWorker().running();
    await world.pass(20_000);
    lose(world.cluster, 'a');
    await world.lists(4);
    expect(world.cluster.state.placements.size).toBe(0);
  });

  it('whose start was sent is not gone where lists are without it: it is ordered again', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(20_000);
    lose(world.cluster, 'a');
    expect(world.instance).toMatchObject({ status: 'pending', nodeId: null });
    await world.lists(3);
    expect(world.instance).toMatchObject({ status: 'placed', nodeId: 'a', generation: 1 });
    const recovered = world.cluster.history.find(({ type }) => type === 'InstanceRecovered');
    expect(recovered?.data).toMatchObject({
      reason:
        'found starting on a again (its start was sent: it may be pulled, or the order never came): it goes on',
    });
    expect(world.send()).toEqual(['deploy']);
    await world.lists(1);
    expect(await world.lists(1, 'j/0')).toContain('succeeded');
  });

  it('whose start was sent is kept for ten minutes where another was placed elsewhere', async () => {
    const world = await replacedElsewhere();
    await world.lists(285);
    expect(world.cluster.state.placements.get('j/0/1')).toMatchObject({ lost: true });
    expect(world.instance).toMatchObject({ nodeId: 'b', generation: 2 });
    await world.lists(10);
    expect([...world.cluster.state.placementsOfInstance.of('j/0')]).toEqual(['j/0/2']);
  });

  it('whose start was sent is not ordered again for its replacement to have failed', async () => {
    const world = await replacedElsewhere();
    world.when(ack('b', commandTo(world.cluster, 'b', 'deploy'), 'failed', 'no such image'));
    await world.lists(10);
    expect(world.cluster.state.placements.get('j/0/1')).toMatchObject({ lost: true });
    expect(world.instance).toMatchObject({ status: 'failed', generation: 2 });
  });

  it('whose start was sent is ordered again where the next one is to begin on the same worker', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(20_000);
    lose(world.cluster, 'a');
    const observed = { type: 'ObserveNode', nodeId: 'a', incarnation: 1, reason: 'r' } as const;
    world.when({ ...observed, seen: 'alive' });
    world.when(plan('j', 'a'));
    expect(world.instance).toMatchObject({ nodeId: 'a', generation: 2 });
    await world.lists(3);
    expect(world.instance).toMatchObject({ nodeId: 'a', generation: 1 });
    expect(world.send()).toContain('deploy');
  });

  it('whose start was sent is not ordered again when its job has another document since', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(20_000);
    lose(world.cluster, 'a');
    const { job, bodyHash } = submitJob('j', { image: 'fixed:2' });
    world.when({ type: 'UpdateJob', id: 'j', job, bodyHash, ifPosition: null });
    await world.lists(10);
    expect(world.instance).toMatchObject({ status: 'pending', nodeId: null });
    expect(world.send()).toEqual([]);
  });

  it.each([
    { do: 'cordon', reason: 'r' },
    { do: 'drain', withinMs: 600_000, force: false },
    { do: 'quarantine', reason: 'r' },
  ] as const)(
    'whose start was sent is not ordered again on a closed worker ($do)',
    async (order) => {
      const world = await new OneWorker().ordered();
      await world.pass(20_000);
      lose(world.cluster, 'a');
      world.when({ type: 'OrderNode', id: 'a', order });
      await world.lists(10);
      expect(world.instance).toMatchObject({ status: 'pending', nodeId: null });
      expect(world.send()).toEqual([]);
      // It may be placed elsewhere at once.
      world.when(registerNode('b'));
      world.when(plan('j', 'b'));
      expect(world.instance).toMatchObject({ nodeId: 'b', generation: 2 });
    },
  );

  it('is told to end when a list has it beside the one that was placed elsewhere and runs', async () => {
    const world = await replacedElsewhere();
    acknowledgeAll(world.cluster);
    await world.lists(10);
    expect(world.cluster.state.placements.get('j/0/1')).toMatchObject({ wanted: false });
    orderStops(world.cluster);
    expect(world.send()).toEqual(['delete']);
    expect(await world.lists(10)).toEqual(['received']);
    expect(await world.lists(1, 'j/0')).toEqual(['j/0/1 running']);
    expect(world.send()).toEqual(['delete']);
    expect(world.says('ended')).toEqual(['succeeded']);
  });

  it('whose start was not sent is gone when lists are without it', async () => {
    const world = new OneWorker();
    world.when(plan('j', 'a'));
    await world.pass(20_000);
    lose(world.cluster, 'a');
    await world.lists(4);
    expect(world.cluster.state.placements.size).toBe(0);
  });

  it('whose start another leader may have sent is ordered again', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(20_000);
    lose(world.cluster, 'a');
    world.newTerm();
    await world.lists(4);
    expect(world.instance).toMatchObject({ status: 'placed', nodeId: 'a', generation: 1 });
    expect(world.send()).toEqual(['deploy']);
  });
});

/** Worker `a` fell silent behind an order to start, and is heard again; `b` has the instance now. */
async function replacedElsewhere(): Promise<OneWorker> {
  const world = await new OneWorker().ordered();
  await world.pass(20_000);
  lose(world.cluster, 'a');
  world.cluster.when(registerNode('b'));
  world.when(plan('j', 'b'));
  await world.lists(3);
  return world;
}
