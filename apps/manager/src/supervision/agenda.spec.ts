import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Agenda } from './agenda.js';

describe('An agenda', () => {
  it('names what is due in order, each key at its newest time only', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      atMs: fc.nat(50),
      does: fc.constantFrom('set', 'set', 'delete', 'take'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const agenda = new Agenda();
        const model = new Map<string, number>();
        for (const { key, atMs, does } of steps) {
          if (does === 'set') {
            agenda.set(key, atMs);
            model.set(key, atMs);
          } else if (does === 'delete') {
            agenda.delete(key);
            model.delete(key);
          } else {
            const due = [...model].filter(([, dueMs]) => dueMs <= atMs);
            const taken = agenda.takeDue(atMs);
            expect(taken.toSorted()).toEqual(due.map(([name]) => name).toSorted());
            const times = taken.map((name) => model.get(name) ?? 0);
            expect(times).toEqual(times.toSorted((one, other) => one - other));
            for (const name of taken) model.delete(name);
          }
          expect(agenda.nextMs).toBe(Math.min(Number.POSITIVE_INFINITY, ...model.values()));
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
