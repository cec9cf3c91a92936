import { describe, expect, it } from '@jest/globals';
import { InferredCluster } from './testing/inferred-cluster.js';

const seeds = Array.from({ length: 8 }, (_, index) => 4_000 + index);
const troubleMs = 240_000;
const restMs = 90_000;

const seen = new Map<string, number>();

describe.each(seeds)('What is inferred of workers in random trouble, seed %i', (seed) => {
  it('never ends what its worker has, nor orders an instance where an earlier one is, and comes right', async () => {
    const world = new InferredCluster(seed);
    await world.run(troubleMs, restMs);
    expect(world.violations).toEqual([]);
    expect(world.differences).toEqual([]);
    for (const [what, count] of Object.entries(world.seen)) {
      seen.set(what, (seen.get(what) ?? 0) + count);
    }
  });
});

describe('The random trouble', () => {
  it('is of every kind', () => {
    expect([...seen].filter(([, count]) => count === 0)).toEqual([]);
  });
});
