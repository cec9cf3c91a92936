import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NodeChanges, NodeFacts } from '@oakring/contracts';
import { NodeTable } from './node-table.js';

function facts(id: string, cpuMillis: number, zone: string): NodeFacts {
  return {
    id,
    status: 'ready',
    technologies: ['docker'],
    architecture: null,
    labels: { zone },
    capacity: { cpuMillis, memoryMiB: 10 },
    reserved: { cpuMillis: 0, memoryMiB: 0 },
  };
}

function changes(parts: Partial<NodeChanges>): NodeChanges {
  return {
    position: 1,
    telemetry: 0,
    complete: false,
    nodes: [],
    removed: [],
    foreign: [],
    ...parts,
  };
}

/** What a plan would see, whatever slots it lies in. */
function contents(table: NodeTable): unknown[] {
  return [...table.slotOf]
    .map(([id, slot]) => [id, table.cpuFree[slot], table.shapes[table.shape[slot] ?? -1]?.labels])
    .sort();
}

describe('the copy of the node view', () => {
  it('is the same after any changes as when it is built from the result', () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 200 }),
      remove: fc.boolean(),
      cpu: fc.nat(1000),
      zone: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new NodeTable();
        const model = new Map<string, NodeFacts>();
        for (const { id, remove, cpu, zone } of steps) {
          const name = `n${id}`;
          if (remove) {
            model.delete(name);
            table.apply(changes({ removed: [name] }));
          } else {
            model.set(name, facts(name, cpu, zone));
            table.apply(changes({ nodes: [facts(name, cpu, zone)] }));
          }
        }
        const rebuilt = new NodeTable();
        rebuilt.apply(changes({ complete: true, nodes: [...model.values()] }));
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
    expect([table.cpuFree[0], table.memoryFree[0]]).toEqual([0, 7]);
  });
});
