import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readingBuffer } from './reading-buffer.js';
import type { RecordedReading } from './telemetry-log.port.js';

const readings = (from: number, count: number): RecordedReading[] =>
  Array.from({ length: count }, (_, index) => ({
    nodeId: 'n',
    at: from + index,
    cpu: 0,
    memory: 0,
  }));

describe('The buffer of readings', () => {
  it('gives back in order what it was given', () => {
    const buffer = readingBuffer(8);
    expect(buffer.push(readings(0, 5))).toBe(0);
    expect(buffer.take(2)).toEqual(readings(0, 2));
    expect(buffer.push(readings(5, 4))).toBe(0);
    expect(buffer.take(100)).toEqual(readings(2, 7));
    expect(buffer.size).toBe(0);
  });

  it('sheds the oldest when it is full, and says how many', () => {
    const buffer = readingBuffer(3);
    expect(buffer.push(readings(0, 2))).toBe(0);
    expect(buffer.push(readings(2, 6))).toBe(5);
    expect(buffer.take(100)).toEqual(readings(5, 3));
  });

  it('is a queue that keeps the newest, whatever the order of calls', () => {
    const step = fc.record({ push: fc.nat(12), take: fc.nat(12) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(step), (capacity, steps) => {
        const buffer = readingBuffer(capacity);
        let model: RecordedReading[] = [];
        let next = 0;
        for (const { push, take } of steps) {
          const pushed = readings(next, push);
          next += push;
          const all = [...model, ...pushed];
          expect(buffer.push(pushed)).toBe(Math.max(0, all.length - capacity));
          model = all.slice(-capacity);
          expect(buffer.take(take)).toEqual(model.slice(0, take));
          model = model.slice(take);
          expect(buffer.size).toBe(model.length);
        }
      }),
      { seed: 20261129 },
    );
  });
});
