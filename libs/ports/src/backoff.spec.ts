import { describe, expect, it } from '@jest/globals';
import { ceilingMs, fullJitterMs, halfJitterMs, seededRandomness } from './index.js';

const policy = { firstMs: 200, mostMs: 5_000 };
const smallest = { integer: () => 0 };
const largest = { integer: (bound: number) => bound - 1 };

describe('The wait before what failed is tried again', () => {
  it('has a ceiling that doubles with each failure, up to the most', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7].map((failures) => ceilingMs(failures, policy));
    expect(ceilings).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it('stays bounded however often it failed', () => {
    expect(ceilingMs(100_000, policy)).toBe(5_000);
    expect(fullJitterMs(100_000, policy, largest)).toBe(5_000);
  });

  it('with full jitter is drawn from the whole span, both ends included', () => {
    expect(fullJitterMs(3, policy, smallest)).toBe(0);
    expect(fullJitterMs(3, policy, largest)).toBe(800);
    const drawn = Array.from({ length: 200 }, (_, seed) =>
      fullJitterMs(3, policy, seededRandomness(seed)),
    );
    expect(new Set(drawn).size).toBeGreaterThan(100);
  });

  it('with half of it is never less than half of the ceiling', () => {
    expect(halfJitterMs(3, policy, smallest)).toBe(400);
    expect(halfJitterMs(3, policy, largest)).toBe(800);
  });
});
