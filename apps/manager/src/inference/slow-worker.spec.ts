import { beforeEach, describe, expect, it } from '@jest/globals';
import { plan } from '../testing/given.js';
import { OneWorker } from './testing/one-worker.js';

let world: OneWorker;

beforeEach(() => {
  world = new OneWorker();
});

const whyHeld = () => (world.order === undefined ? null : world.inference.whyHeld(world.order));

describe.each([2_900, 3_100, 4_000, 9_000])('A worker whose lists come every %i ms', (periodMs) => {
  beforeEach(async () => {
    world.periodMs = periodMs;
    await world.lists(6);
    world.when(plan('j', 'a'));
  });

  it('is ordered what is placed there, and runs it', async () => {
    expect(world.send()).toEqual(['deploy']);
    world.says('created');
    expect(await world.lists(1, 'j/0')).toContain('succeeded');
    expect(world.instance).toMatchObject({ status: 'running', confirmed: true });
  });

  it('has lost what its lists have been without for two of its periods, not sooner', async () => {
    world.send();
    world.says('created');
    await world.lists(3, 'j/0');
    expect(await world.lists(1)).toEqual([]);
    expect(await world.lists(1)).toEqual(['j/0/1 failed']);
  });

  it('is done with an order to end within two of its periods', async () => {
    world.send();
    world.says('created');
    await world.lists(3, 'j/0');
    world.deleted();
    expect(await world.lists(2)).toContain('succeeded');
  });

  it('is ordered nothing after an outage before its lists come in a rhythm again', async () => {
    await world.pass(3 * periodMs);
    world.list();
    world.list();
    expect(world.send()).toEqual([]);
    await world.lists(6);
    expect(world.send()).toEqual(['deploy']);
  });

  it('is ordered nothing for what it kept meanwhile to have come in a burst', async () => {
    world.inference.disturbed('a');
    for (let count = 0; count < 40; count += 1) world.list();
    expect(world.send()).toEqual([]);
  });

  it('is ordered nothing by a new leader before that one knows its rhythm', async () => {
    world.newTerm();
    world.list();
    world.list();
    expect(world.send()).toEqual([]);
    await world.lists(6);
    expect(world.send()).toEqual(['deploy']);
  });
});

describe('A worker whose lists come without a rhythm, seconds apart', () => {
  it.each([
    [[12_000, 12_000, 12_000, 12_000, 12_000], 'come 12.0 s apart'],
    [[4_000, 7_000, 3_500, 9_000, 5_000], 'come 3.5 to 9.0 s apart'],
  ])('is what an order waits for that is not sent: %j', async (periods, what) => {
    world.newTerm();
    world.when(plan('j', 'a'));
    expect(whyHeld()).toBeNull();
    for (const periodMs of periods) {
      world.periodMs = periodMs;
      await world.lists(1);
    }
    expect(whyHeld()).toContain(
      `it is not sent to a yet: its worker's lists of what it runs (jobs/resources) ${what}`,
    );
    await world.pass(60_000);
    expect(whyHeld()).toContain('have not come for 60.0 s');
    world.periodMs = 2_000;
    await world.lists(6);
    expect([whyHeld(), world.send()]).toEqual([null, ['deploy']]);
  });

  it('is ordered nothing', async () => {
    world.newTerm();
    world.when(plan('j', 'a'));
    for (const periodMs of [4_000, 7_000, 3_500, 9_000, 5_000, 3_200, 8_000, 4_000, 6_000]) {
      world.periodMs = periodMs;
      await world.lists(1);
      expect(world.send()).toEqual([]);
    }
  });
});

describe('A slow worker one of whose lists stays away', () => {
  it('has what that one had', async () => {
    world.periodMs = 4_000;
    await world.lists(6);
    world.when(plan('j', 'a'));
    world.send();
    world.says('created');
    await world.lists(3, 'j/0');
    // The other may come faster for it.
    for (const periodMs of [4_000, 2_000, 3_000]) {
      for (let round = 0; round < 20; round += 1) {
        await world.pass(periodMs);
        world.list();
      }
    }
    expect(world.instance?.status).toBe('running');
  });
});
