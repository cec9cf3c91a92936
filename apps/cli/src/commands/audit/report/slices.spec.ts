import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { kindOfBy, Slices } from './slices.js';

describe('Slices of time', () => {
  it('hold every event once, and stay few however long the time is', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandomness(seed);
      const slices = new Slices();
      let atMs = 1_000_000;
      for (let count = 0; count < 500; count += 1) {
        atMs += Math.floor(random.integer(100) ** 4 / 10);
        slices.add(atMs, 'nodes');
      }
      expect(slices.list.length).toBeLessThanOrEqual(96);
      expect(slices.list.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(500);
      expect(slices.startMs + slices.list.length * slices.widthMs).toBeGreaterThan(atMs);
    }
  });

  it.each([
    ['api/token', 'api'],
    ['nodes/a', 'nodes'],
    ['manager/seals', 'manager'],
    ['somebody/else', 'unsaid'],
    [null, 'unsaid'],
  ])('tell %s as %s', (by, kind) => {
    expect(kindOfBy(by)).toBe(kind);
  });
});
