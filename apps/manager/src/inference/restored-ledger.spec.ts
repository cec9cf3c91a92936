import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  orderStops,
  plan,
  ready,
  report,
  restoredAs,
} from '../testing/given.js';
import { OneWorker } from './testing/one-worker.js';

/** By the backup `j/0` is generation 1 on b; worker a says by name and number what it has. */
function restored(): OneWorker {
  const world = new OneWorker();
  for (const command of ready('b')) world.when(command);
  world.when(plan('j', 'b'));
  acknowledgeAll(world.cluster);
  restoredAs(world.cluster);
  return world;
}

function failsOnB(world: OneWorker): void {
  world.when(report('b', { 'j/0/1': 'failed' }));
  expect(world.instance?.status).toBe('failed');
}

function isPlacedAnew(world: OneWorker, nodeId: string): void {
  failsOnB(world);
  world.when({ type: 'RetryInstance', id: 'j', instance: 0, generation: 1 });
  world.when(plan('j', nodeId));
  expect(world.instance).toMatchObject({ nodeId, generation: 1_001 });
}

function unexpectedOnA({ cluster }: OneWorker): readonly string[] | undefined {
  return cluster.state.nodes.get('a')?.unexpected;
}

describe('What is listed in a restored ledger, and has its place elsewhere there', () => {
  it('is shown, and left alone, where its instance runs by what is remembered', async () => {
    const world = restored();
    await world.lists(4, 'j/0');
    expect(unexpectedOnA(world)).toEqual(['j/0/2']);
    expect(world.instance).toMatchObject({ nodeId: 'b', status: 'running' });
    expect(orderStops(world.cluster).events).toEqual([]);
  });

  it('is not taken for an earlier generation of what has failed before the backup', async () => {
    const world = new OneWorker();
    for (const command of ready('b')) world.when(command);
    world.when(plan('j', 'b'));
    failsOnB(world);
    world.when({ type: 'RetryInstance', id: 'j', instance: 0, generation: 1 });
    world.when(plan('j', 'b'));
    acknowledgeAll(world.cluster);
    restoredAs(world.cluster);
    await world.lists(4, 'j/0');
    expect(unexpectedOnA(world)).toEqual(['j/0/3']);
    expect(world.cluster.state.unorderedStops.size).toBe(0);
  });

  it('is taken up where it runs once its instance has no place', async () => {
    const world = restored();
    await world.lists(4, 'j/0');
    failsOnB(world);
    await world.lists(2, 'j/0');
    expect(world.instance).toMatchObject({ nodeId: 'a', generation: 2, status: 'running' });
    expect(unexpectedOnA(world)).toEqual([]);
    expect(orderStops(world.cluster).events).toEqual([]);
    expect(world.send()).toEqual([]);
    await world.lists(4, 'j/0');
    expect(world.instance).toMatchObject({ nodeId: 'a', generation: 2, confirmed: true });
  });

  it('is stopped only once its instance runs where it was placed anew', async () => {
    const world = restored();
    isPlacedAnew(world, 'b');
    await world.lists(4, 'j/0');
    expect(unexpectedOnA(world)).toEqual(['j/0/1002']);
    expect(world.cluster.state.unorderedStops.size).toBe(0);
    world.when(ack('b', `${commandTo(world.cluster, 'b', 'deploy')}.5`, 'succeeded'));
    await world.lists(2, 'j/0');
    expect(orderStops(world.cluster).events).toMatchObject([
      { type: 'CommandIssued', data: { kind: 'delete', nodeId: 'a' } },
    ]);
  });

  it('is what was placed anew on the same worker: nothing is sent, and nothing stopped', async () => {
    const world = restored();
    isPlacedAnew(world, 'a');
    expect(await world.lists(4, 'j/0')).toContain('succeeded');
    expect(world.instance).toMatchObject({ nodeId: 'a', generation: 1_001, status: 'running' });
    expect(world.send()).toEqual([]);
    expect(orderStops(world.cluster).events).toEqual([]);
  });

  it('is shown, and left alone, where its number was ended before the backup', async () => {
    const world = await new OneWorker().running();
    world.deleted();
    world.says('ended');
    expect(world.instance).toBeUndefined();
    restoredAs(world.cluster);
    await world.lists(6, 'j/0');
    expect(unexpectedOnA(world)).toEqual(['j/0/2']);
    expect(world.cluster.state.placements.size).toBe(0);
  });
});

describe('An order that was given after a restore', () => {
  it('is answered by what is listed', async () => {
    const world = new OneWorker();
    restoredAs(world.cluster);
    await world.running();
    await world.lists(2, 'j/0');
    expect(world.instance).toMatchObject({ generation: 1_001, status: 'running', confirmed: true });
    expect(world.order?.status).toBe('ended');
  });
});
