import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NodeFacts } from '@oakring/contracts';
import { node, nodeChanges as changes } from '../../testing/index.js';
import { NodeTable } from './node-table.js';

function facts(id: string, cpuMillis: number, zone: string): NodeFacts {
  const placements = cpuMillis % 7;
  return node(id, { labels: { zone }, capacity: { cpuMillis, memoryMiB: 10 }, placements });
}

const use = (id: string, cpuMillis: number) => ({ id, resources: { cpuMillis, memoryMiB: 0 } });

/** All that a plan would see, slot by slot. */
function contents(table: NodeTable): unknown[] {
  return table.ids.map((id, slot) => [
    id,
    table.slotOf.get(id) === slot,
    table.makes[table.make[slot] ?? -1],
    table.capacity.map((column) => column[slot]),
    table.free.map((column) => column[slot]),
    table.foreign.map((column) => column[slot]),
    table.inUse[slot],
    table.placements[slot],
  ]);
}

describe('the copy of the node view', () => {
  it('is the same, slot by slot, after any changes as when it is built from the result', () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 200 }),
      remove: fc.boolean(),
      cpu: fc.nat(1000),
      zone: fc.constantFrom('a', 'b', 'c'),
      others: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new NodeTable();
        const model = new Map<string, NodeFacts>();
        const busy = new Map<string, number>();
        for (const { id, remove, cpu, zone, others } of steps) {
          const name = `n${id}`;
          if (remove) {
            model.delete(name);
            busy.delete(name);
            table.apply(changes({ removed: [name] }));
          } else {
            model.set(name, facts(name, cpu, zone));
            busy.set(name, others);
            table.apply(changes({ nodes: [facts(name, cpu, zone)], foreign: [use(name, others)] }));
          }
        }
        const rebuilt = new NodeTable();
        const foreign = Array.from(busy, ([id, cpuMillis]) => use(id, cpuMillis));
        rebuilt.apply(changes({ complete: true, nodes: [...model.values()], foreign }));
        expect(contents(table)).toEqual(contents(rebuilt));
        expect(table.count).toBe(model.size);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('forgets everything when the answer is complete', () => {
    const table = new NodeTable();
    table.apply(changes({ nodes: [facts('a', 1, 'x')] }));
    table.apply(changes({ complete: true, nodes: [facts('b', 1, 'x')], position: 9 }));
    expect([...table.slotOf.keys()]).toEqual(['b']);
    expect(table.position).toBe(9);
  });

  it('takes foreign load off what is free, never below nothing', () => {
    const table = new NodeTable();
    const foreign = [{ id: 'a', resources: { cpuMillis: 500, memoryMiB: 3 } }];
    table.apply(changes({ nodes: [facts('a', 100, 'x')], foreign }));
    expect(table.free.map((column) => column[0])).toEqual([0, 7, 0]);
  });

  it('ignores foreign load of a node that it does not know', () => {
    const table = new NodeTable();
    const foreign = [{ id: 'gone', resources: { cpuMillis: 1, memoryMiB: 1 } }];
    table.apply(changes({ nodes: [facts('a', 100, 'x')], foreign }));
    expect([...table.slotOf.keys()]).toEqual(['a']);
  });

  it('forgets the foreign load of a node that was removed', () => {
    const table = new NodeTable();
    const foreign = [{ id: 'a', resources: { cpuMillis: 60, memoryMiB: 0 } }];
    table.apply(changes({ nodes: [facts('a', 100, 'x')], foreign }));
    table.apply(changes({ removed: ['a'] }));
    table.apply(changes({ nodes: [facts('a', 100, 'x')] }));
    expect(table.free[0]?.[0]).toBe(100);
  });

  it('does not grow with labels that no node carries any more', () => {
    const table = new NodeTable();
    for (let version = 0; version < 1000; version += 1) {
      table.apply(changes({ nodes: [facts('a', 100, `v${version}`), facts('b', 100, 'fixed')] }));
    }
    expect(table.makes.length).toBeLessThan(100);
    const zones = table.ids.map((_, slot) => table.makes[table.make[slot] ?? -1]?.labels);
    expect(zones).toEqual([{ zone: 'v999' }, { zone: 'fixed' }]);
  });
});
