import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { displacedDelayMs, reconnectDelayMs } from './reconnect-delay.js';

const seed = 11;

describe('the wait before the next attempt', () => {
  it('is drawn from a span that doubles up to 5 s', () => {
    const ceilings = [200, 400, 800, 1_600, 3_200, 5_000, 5_000];
    for (const [index, ceiling] of ceilings.entries()) {
      const drawn = drawMany(() => reconnectDelayMs(index + 1, seededRandomness(seed + index)));
      expect(drawn.every((delayMs) => delayMs >= 0 && delayMs <= ceiling)).toBe(true);
    }
    const largest = { integer: (bound: number) => bound - 1 };
    expect(ceilings.map((_, index) => reconnectDelayMs(index + 1, largest))).toEqual(ceilings);
  });

  it('stays bounded however often it failed', () => {
    expect(reconnectDelayMs(100_000, { integer: (bound) => bound - 1 })).toBe(5_000);
  });

  it('is at least 15 s after being displaced', () => {
    const randomness = seededRandomness(seed);
    const drawn = drawMany(() => displacedDelayMs(randomness));
    expect(drawn.every((delayMs) => delayMs >= 15_000 && delayMs < 30_000)).toBe(true);
  });
});

function drawMany(draw: () => number): number[] {
  return Array.from({ length: 200 }, draw);
}
