import { describe, expect, it } from '@jest/globals';
import { lose, orderStops, plan, registerNode, replace } from '../testing/given.js';
import { OneWorker } from './testing/one-worker.js';

/** The table of docs/state-machines.md, workers that do not acknowledge: each row by its first words. */

describe('An order to start that was sent', () => {
  it('is received when its worker is heard at its pace after it', async () => {
    const world = await new OneWorker().ordered();
    expect(await world.lists(1)).toEqual(['received']);
    expect(world.instance?.status).toBe('starting');
  });

  it('is received when its worker says that it was created', async () => {
    const world = await new OneWorker().ordered();
    expect(world.inference.hasCreated('a', 'j/0/1')).toBe(false);
    expect(world.says('created')).toEqual(['received']);
    expect(world.inference.hasCreated('a', 'j/0/1')).toBe(true);
  });

  it('is done when a list has it after that, or a period later', async () => {
    for (const wasCreated of [true, false]) {
      const world = await new OneWorker().ordered();
      if (wasCreated) world.says('created');
      else await world.pass(2_000);
      expect(world.list('j/0')).toContain('succeeded');
      expect(world.instance).toMatchObject({ status: 'running', confirmed: true });
    }
  });

  it('is neither done nor received by a list of a moment before it, which may have been on its way', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(100);
    expect(world.list('j/0')).toEqual([]);
  });

  it('is sent again when its connection breaks behind a list that was on its way', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(100);
    world.list();
    await world.pass(20_000);
    await world.lists(2);
    expect(world.send()).toEqual(['deploy']);
  });

  it('goes on while it is listed with another status', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(2_000);
    world.listAs('starting', 'j/0');
    world.listAs('starting', 'j/0');
    expect(world.instance?.status).toBe('starting');
    expect(world.renewed).not.toEqual([]);
  });

  it('goes on while nothing is said of it, which may be a pull, and is not sent twice', async () => {
    const world = await new OneWorker().ordered();
    await world.lists(150);
    expect(world.send()).toEqual([]);
    expect(world.instance?.status).toBe('starting');
    expect(world.renewed.length).toBeGreaterThan(100);
  });

  it('fails when its worker says so, with the detail that it gives', async () => {
    const world = await new OneWorker().ordered();
    expect(world.says('failed', 'no such image')).toEqual(['failed']);
    expect(world.instance).toMatchObject({ status: 'failed', reason: 'no such image' });
  });

  it.each(['task already deployed', 'service already deployed'])(
    'is done when its worker says "%s"',
    async (detail) => {
      const world = await new OneWorker().ordered();
      expect(world.says('failed', detail)).toEqual(['succeeded']);
      expect(world.instance?.status).toBe('running');
    },
  );

  it('is sent again when its worker was not heard at its pace after it', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(20_000);
    expect(world.send()).toEqual([]);
    expect(await world.lists(1)).toEqual([]);
    await world.lists(2);
    expect(world.send()).toEqual(['deploy']);
  });
});

describe('An order to start of which an end was heard', () => {
  it('is not sent again before that is decided: it would start once more', async () => {
    const world = await new OneWorker().ordered();
    await world.pass(20_000);
    await world.lists(2);
    const word = { name: 'j', instance: 0, says: 'ended', detail: null, publicIp: null } as const;
    expect(world.inference.told('a', word)).toHaveLength(1);
    expect(world.send()).toEqual([]);
  });
});

describe('An order to start that nobody got, as the broker says', () => {
  it('is sent again, and is no pull: told to end, it is gone when no list has had it for two periods', async () => {
    const world = await new OneWorker().ordered();
    const { order } = world;
    if (order === undefined) throw new Error('nothing was ordered');
    world.inference.unheard(order);
    expect(world.send()).toEqual(['deploy']);
    world.inference.unheard(order);
    world.deleted();
    expect(await world.lists(2)).toContain('succeeded');
  });

  it('may have been got the time before', async () => {
    const world = await new OneWorker().ordered();
    const { order } = world;
    if (order === undefined) throw new Error('nothing was ordered');
    world.inference.unsent(order);
    world.send();
    world.inference.unheard(order);
    world.deleted();
    expect(await world.lists(60)).toEqual(['received']);
  });
});

describe('An order to start that was not sent', () => {
  it('is not answered by a word that comes before it', async () => {
    const world = new OneWorker();
    await world.lists(2);
    world.when(plan('j', 'a'));
    expect([...world.says('created'), ...world.says('ended'), ...world.list('j/0')]).toEqual([]);
    expect(world.order?.status).toBe('issued');
  });

  it('is sent neither to a worker that is not heard at its pace, nor before each list came', async () => {
    const world = new OneWorker();
    world.when(plan('j', 'a'));
    expect(world.send()).toEqual([]);
    await world.pass(2_000);
    world.list();
    expect(world.send()).toEqual([]);
    world.list();
    expect(world.send()).toEqual(['deploy']);
  });

  it('is not sent by a new leader where a list shows that the former one had sent it', async () => {
    const world = await new OneWorker().ordered();
    world.newTerm();
    await world.lists(1);
    await world.pass(2_000);
    // Before what follows from that list is decided.
    const instances = [{ name: 'j', instance: 0, status: 'running' as const }];
    const following = world.inference.sighted('a', { list: '', instances });
    world.inference.sighted('a', { list: '', instances: [] });
    expect(world.send()).toEqual([]);
    expect(following).toMatchObject([{ ack: { phase: 'succeeded' } }]);
  });

  it('waits while a list shows what has its name', async () => {
    const world = new OneWorker();
    await world.lists(1, 'j/0');
    world.when(plan('j', 'a'));
    expect(world.send()).toEqual([]);
    await world.lists(3);
    expect(world.send()).toEqual(['deploy']);
  });
});

describe('An instance that runs', () => {
  it('has failed when its worker says that it is gone: since when it ran, and what comes next', async () => {
    const world = await new OneWorker().running();
    await world.lists(30, 'j/0');
    expect(world.says('ended', 'Container is starting up')).toEqual(['j/0/1 failed']);
    expect(world.instance).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(
        /^it ended by itself; it ran for 1 min 0 s, since 2023-.*Z; its first failure: it is tried again within \d+ s$/,
      ),
    });
  });

  it('has completed when its worker says so of a one-shot', async () => {
    const world = await new OneWorker({ one_shot: true }).running();
    expect(world.says('completed')).toEqual(['j/0/1 completed']);
    expect(world.instance?.status).toBe('completed');
  });

  it('has failed when none of the lists has had it for two periods', async () => {
    const world = await new OneWorker().running();
    expect(await world.lists(1)).toEqual([]);
    expect(await world.lists(1)).toEqual(['j/0/1 failed']);
    expect(world.instance?.reason).toContain('none of the lists of a has had it for two periods');
  });

  it('goes on while one of the lists has it', async () => {
    const world = await new OneWorker().running();
    expect(await world.lists(20, 'j/0')).toEqual([]);
    expect(world.instance?.status).toBe('running');
  });

  it.each([
    { name: 'j', instance: null },
    { name: null, instance: 0 },
    { name: null, instance: null },
  ])('goes on while a list has what may be it, %j', async (entry) => {
    const world = await new OneWorker().running();
    expect(await world.doubts(20, entry)).not.toContain('j/0/1 failed');
    expect(world.instance?.status).toBe('running');
    expect(await world.lists(2)).toEqual(['j/0/1 failed']);
  });

  it.each([
    { name: 'other', instance: null },
    { name: null, instance: 1 },
  ])('has failed where what a list has beside cannot be it, %j', async (entry) => {
    const world = await new OneWorker().running();
    expect(await world.doubts(2, entry)).toEqual(['j/0/1 failed']);
  });

  it('has failed by a word of after a silence only where nothing listed may be it', async () => {
    const world = await new OneWorker().running();
    await world.pass(20_000);
    world.list('j/0');
    world.says('ended');
    const meanwhile = await world.doubts(3, { name: 'j', instance: null });
    expect(meanwhile).not.toContain('j/0/1 failed');
    expect(await world.lists(2)).toContain('j/0/1 failed');
  });

  it('goes on while the list that had it stays away', async () => {
    const world = await new OneWorker().running();
    for (let period = 0; period < 30; period += 1) {
      await world.pass(2_000);
      world.list();
    }
    expect(world.instance?.status).toBe('running');
  });

  it('goes on whatever a list of the first two seconds after a silence does not have', async () => {
    const world = await new OneWorker().running();
    await world.pass(20_000);
    for (let count = 0; count < 20; count += 1) expect(world.list()).toEqual([]);
    expect(await world.lists(3, 'j/0')).toEqual([]);
    expect(world.instance?.status).toBe('running');
  });

  it('has failed by a word of after a silence once lists at their pace are without it', async () => {
    const world = await new OneWorker().running();
    await world.pass(20_000);
    expect([...world.list('j/0'), ...world.says('ended'), ...world.list()]).toEqual([]);
    expect(await world.lists(1)).toContain('j/0/1 failed');
  });

  it('goes on whatever was said after a silence when lists at their pace have it', async () => {
    const world = await new OneWorker().running();
    await world.pass(20_000);
    expect([...world.says('ended'), ...world.list()]).toEqual([]);
    expect(await world.lists(5, 'j/0')).toEqual([]);
    expect(world.instance?.status).toBe('running');
  });

  it('is ordered again when its worker starts anew, once that one is heard', async () => {
    const world = await new OneWorker().running();
    world.register();
    expect([...world.list('j/0'), ...world.send()]).toEqual([]);
    await world.lists(1);
    expect(world.send()).toEqual(['deploy']);
  });

  it('is judged by a new leader only when lists come at their pace', async () => {
    const world = await new OneWorker().running();
    world.newTerm();
    await world.pass(100);
    expect([...world.list(), ...world.list(), ...world.says('ended')]).toEqual([]);
    expect(await world.lists(2, 'j/0')).toEqual([]);
    expect(world.instance?.status).toBe('running');
  });
});

describe('An order to end that was sent', () => {
  it('is received when its worker is heard at its pace after it', async () => {
    const world = await new OneWorker().running();
    world.deleted();
    expect(await world.lists(1)).toEqual(['received']);
  });

  it('is not done when its worker says that it was asked to', async () => {
    const world = await new OneWorker().running();
    world.deleted();
    world.says('stopping');
    expect(world.order?.status).not.toBe('ended');
  });

  it('is done when its worker says that it is gone', async () => {
    const world = await new OneWorker().running();
    world.deleted();
    expect(world.says('ended')).toEqual(['succeeded']);
    expect(world.cluster.state.placements.size).toBe(0);
  });

  it('is done when none of the lists has had for two periods what was there', async () => {
    const world = await new OneWorker().running();
    world.deleted();
    expect(await world.lists(2)).toContain('succeeded');
  });

  it('is sent again when lists have it all the same', async () => {
    const world = await new OneWorker().running();
    world.deleted();
    expect(await world.lists(2, 'j/0')).toEqual(['received', 'j/0/1 running']);
    expect(world.send()).toEqual(['delete']);
  });

  it('that met a pull is sent again when it shows, and done only then', async () => {
    const world = await new OneWorker().ordered();
    world.deleted();
    expect(await world.lists(60)).toEqual(['received']);
    expect(world.says('created')).toEqual([]);
    expect(await world.lists(1, 'j/0')).toEqual(['j/0/1 running']);
    expect(world.send()).toEqual(['delete']);
    expect(world.says('ended')).toEqual(['succeeded']);
  });

  it('is done, and not sent, where one before it is there still: it would be the end of that one', async () => {
    const world = await new OneWorker().running();
    world.when({ type: 'RestartJob', id: 'j' });
    replace(world.cluster, 'a');
    orderStops(world.cluster);
    expect(world.send()).toEqual(['delete']);
    world.when({ type: 'ScaleJob', id: 'j', count: 0 });
    orderStops(world.cluster);
    expect(world.cluster.state.placementsOfNode.sizeOf('a')).toBe(2);
    expect(world.send()).toEqual([]);
    expect(world.list('j/0')).toEqual(['succeeded']);
    expect([...world.cluster.state.placementsOfNode.of('a')]).toEqual(['j/0/1']);
  });

  it('that met a pull is done ten minutes after it was ordered, however often another leads meanwhile', async () => {
    const world = await new OneWorker().ordered();
    world.deleted();
    await world.lists(100);
    for (let terms = 0; terms < 2; terms += 1) {
      world.newTerm();
      expect(await world.lists(98)).toEqual([]);
    }
    expect(await world.lists(6)).toContain('succeeded');
  });

  it('that met a pull is done when nothing shows for ten minutes', async () => {
    const world = await new OneWorker().ordered();
    world.deleted();
    expect(await world.lists(299)).toEqual(['received']);
    expect(await world.lists(3)).toContain('succeeded');
  });
});

describe('A worker that was given up', () => {
  it('is ready when each of its lists has come at its pace', async () => {
    const world = await new OneWorker().running();
    await world.pass(20_000);
    lose(world.cluster, 'a');
    const observed = { type: 'ObserveNode', nodeId: 'a', incarnation: 1, reason: 'r' } as const;
    world.when({ ...observed, seen: 'disconnected' });
    await world.lists(1, 'j/0');
    expect(world.cluster.state.nodes.get('a')?.status).toBe('disconnected');
    await world.lists(1, 'j/0');
    expect(world.cluster.state.nodes.get('a')?.status).toBe('ready');
  });
});

describe('What is listed and was not ordered there', () => {
  it('is shown, and left alone', async () => {
    const world = new OneWorker();
    await world.lists(4, 'other/3');
    expect(world.cluster.state.nodes.get('a')?.unexpected).toEqual(['other/3/1']);
    expect(world.cluster.state.placements.size).toBe(0);
    await world.lists(4);
    expect(world.cluster.state.nodes.get('a')?.unexpected).toEqual([]);
  });

  it('is shown where only what runs elsewhere has that name, and is not taken for that', async () => {
    const world = new OneWorker();
    world.cluster.when(registerNode('b'));
    world.when(plan('j', 'b'));
    await world.lists(4, 'j/0');
    expect(world.cluster.state.nodes.get('a')?.unexpected).toEqual(['j/0/2']);
    expect(world.instance).toMatchObject({ nodeId: 'b', status: 'placed' });
  });

  it('and cannot be told is shown for as long as it is listed', async () => {
    const world = await new OneWorker().running();
    const unreadable = () => world.cluster.state.nodes.get('a')?.unreadable;
    await world.doubts(4, { name: null, instance: 0 });
    expect(unreadable()).toEqual(['?/0']);
    await world.doubts(32, { name: 'j', instance: null });
    expect(unreadable()).toEqual(['j/?']);
    expect(world.instance?.status).toBe('running');
    await world.lists(32);
    expect(unreadable()).toEqual([]);
  });

  it('is ended where the ledger says that it has ended', async () => {
    const world = await new OneWorker().running();
    world.says('ended');
    expect(world.cluster.state.placements.size).toBe(0);
    await world.lists(4, 'j/0');
    expect(world.cluster.state.placements.get('j/0/1')).toMatchObject({ wanted: false });
  });

  it('is found as one generation, and not again as another before that has ended', async () => {
    const world = await new OneWorker().running();
    world.says('ended');
    world.when({ type: 'RetryInstance', id: 'j', instance: 0, generation: 1 });
    await world.lists(2);
    world.when(plan('j', 'a'));
    expect(world.send()).toEqual(['deploy']);
    world.says('ended');
    expect(await world.lists(3, 'j/0')).toEqual(['j/0/2 running']);
    orderStops(world.cluster);
    expect(world.send()).toEqual(['delete']);
    await world.pass(100);
    expect(world.list('j/0')).toEqual([]);
    expect([...world.cluster.state.placementsOfInstance.of('j/0')]).toEqual(['j/0/2']);
    expect(world.says('ended')).toEqual(['succeeded']);
    expect(world.cluster.state.placements.size).toBe(0);
  });
});
