import { beforeEach, describe, expect, it } from '@jest/globals';
import { OneWorker } from './testing/one-worker.js';

const entry = { name: 'j', instance: null };
let world: OneWorker;

const shown = () => world.cluster.state.nodes.get('a')?.unreadable;
const told = () => world.cluster.history.filter(({ type }) => type === 'DriftDetected').length;

describe('What is listed and cannot be told', () => {
  beforeEach(async () => {
    world = await new OneWorker().running();
    await world.doubts(4, entry);
    expect(told()).toBe(1);
  });

  it.each([5_000, 40_000])('is shown throughout an outage of %i ms, and told once', async (ms) => {
    await world.pass(ms);
    await world.doubts(40, entry);
    expect(shown()).toEqual(['j/?']);
    expect(told()).toBe(1);
  });

  it('is shown throughout a change of leaders, and told once', async () => {
    world.newTerm();
    await world.doubts(40, entry);
    expect(shown()).toEqual(['j/?']);
    expect(told()).toBe(1);
  });

  it('is shown no more once lists at their pace are without it, by a new leader too', async () => {
    world.newTerm();
    await world.lists(1);
    expect(shown()).toEqual(['j/?']);
    await world.lists(3);
    expect(shown()).toEqual([]);
  });

  it('is told once a minute at most, however often what is listed changes', async () => {
    for (let minute = 0; minute < 10; minute += 1) {
      for (let change = 0; change < 5; change += 1) {
        await world.doubts(6, { name: null, instance: minute * 5 + change });
      }
    }
    expect(told()).toBeGreaterThan(5);
    expect(told()).toBeLessThanOrEqual(11);
  });
});

describe('What is listed and was not ordered there', () => {
  it('is shown throughout an outage, and told once', async () => {
    world = new OneWorker();
    await world.lists(4, 'other/3');
    await world.pass(40_000);
    await world.lists(10, 'other/3');
    expect(world.cluster.state.nodes.get('a')?.unexpected).toEqual(['other/3/1']);
    expect(told()).toBe(1);
  });
});
