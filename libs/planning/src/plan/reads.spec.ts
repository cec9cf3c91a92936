import { describe, expect, it } from '@jest/globals';
import type { DecisionReads } from '@oakring/contracts';
import { seededRandomness } from '@oakring/ports';
import { job, node, nodeChanges, tableOf } from '../../testing/index.js';
import type { NodeTable } from '../nodes/node-table.js';
import { planJobs, type JobToPlan } from './plan.js';

const nothing = { foreign: {}, taken: {}, present: {} };
const small = { cpuMillis: 100, memoryMiB: 100 };

const readsOf = (table: NodeTable, ...jobs: JobToPlan[]): (DecisionReads | null)[] =>
  planJobs(table, jobs, seededRandomness).map(({ reads }) => reads);

function busy(ids: readonly string[], ...others: readonly string[]): NodeTable {
  const table = tableOf([...ids, ...others].map((id) => node(id)));
  const foreign = ids.map((id) => ({ id, resources: { cpuMillis: 10, memoryMiB: 0 } }));
  table.apply(nodeChanges({ foreign }));
  return table;
}

describe('What a decision read beside the ledger', () => {
  it('is nothing where nobody else uses or has taken anything', () => {
    const table = tableOf([node('a'), node('b')]);
    expect(readsOf(table, job({ instances: 2 }))).toEqual([nothing]);
  });

  it('is what others use of the nodes whose room it looked at', () => {
    const table = busy(['a', 'b'], 'c');
    const used = { cpuMillis: 10, memoryMiB: 0 };
    const withoutB = job({ exclude: new Set(['b']) });
    expect(readsOf(table, job(), withoutB)).toMatchObject([
      { foreign: { a: used, b: used } },
      { foreign: { a: used } },
    ]);
    const idle = [{ id: 'a', resources: { cpuMillis: 0, memoryMiB: 0 } }];
    table.apply(nodeChanges({ foreign: idle }));
    expect(readsOf(table, withoutB)).toEqual([nothing]);
  });

  it('is what jobs before it in the call have taken, and not what itself takes', () => {
    const table = tableOf([node('a'), node('b')]);
    const all = { cpuMillis: 200, memoryMiB: 200 };
    const pair = job({ instances: 2 });
    const large = job({ instances: 20 });
    expect(readsOf(table, pair, pair, large)).toEqual([
      nothing,
      { ...nothing, taken: { a: small, b: small } },
      { ...nothing, taken: { a: all, b: all } },
    ]);
  });

  it('is not what was lent to it, but what was taken there before', () => {
    const table = tableOf([node('a', { reserved: small, placements: 1 })]);
    const successor = job({ freed: { nodeId: 'a', resources: small } });
    expect(readsOf(table, successor, job(), successor)).toEqual([
      nothing,
      nothing,
      { ...nothing, taken: { a: small } },
    ]);
  });

  it('is how many were placed before it, where they take nothing', () => {
    const table = tableOf([node('a', { placements: 3 })]);
    const idle = job({ requirement: { resources: { cpuMillis: 0, memoryMiB: 0 } } });
    const successor = { ...idle, freed: { nodeId: 'a', resources: idle.requirement.resources } };
    expect(readsOf(table, idle, idle, job(), successor, idle)).toEqual([
      nothing,
      { ...nothing, placed: { a: 1 } },
      { ...nothing, placed: { a: 2 } },
      { ...nothing, taken: { a: small }, placed: { a: 2 } },
      { ...nothing, taken: { a: small }, placed: { a: 2 } },
    ]);
  });

  it('is which instances of the job there were', () => {
    const table = tableOf([node('a'), node('b')]);
    const present = new Map([['a', 2]]);
    expect(readsOf(table, job({ present }), job())).toMatchObject([
      { present: { a: 2 } },
      { present: {} },
    ]);
  });

  it('is told of a node whatever its id', () => {
    const ids = ['__proto__', 'constructor', 'hasOwnProperty'];
    const [told] = readsOf(busy(ids), job());
    expect(Object.keys(told?.foreign ?? {})).toEqual(ids);
  });

  it('is not told where it is of more than 256 nodes', () => {
    const ids = Array.from({ length: 257 }, (_, at) => `n${at}`);
    const all = job({ instances: 17 });
    expect(readsOf(busy(ids), all)).toEqual([null]);
    const [told] = readsOf(busy(ids.slice(1), 'idle'), all);
    expect(Object.keys(told?.foreign ?? {})).toHaveLength(256);
  });
});
