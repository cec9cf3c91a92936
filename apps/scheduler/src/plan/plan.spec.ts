import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NodeFacts, Requirement } from '@oakring/contracts';
import { whyNot } from '@oakring/placement';
import { NodeTable } from '../observe/node-table.js';
import { planJobs, type JobToPlan } from './plan.js';

function node(id: string, changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    id,
    status: 'ready',
    technologies: ['docker'],
    architecture: 'amd64',
    labels: {},
    capacity: { cpuMillis: 1000, memoryMiB: 1000 },
    reserved: { cpuMillis: 0, memoryMiB: 0 },
    ...changes,
  };
}

function tableOf(nodes: readonly NodeFacts[]): NodeTable {
  const table = new NodeTable();
  table.apply({ position: 1, telemetry: 0, complete: true, nodes, removed: [], foreign: [] });
  return table;
}

type Changes = Partial<Omit<JobToPlan, 'requirement'>> & {
  readonly requirement?: Partial<Requirement>;
};

function job(changes: Changes = {}): JobToPlan {
  const { requirement, ...rest } = changes;
  return {
    instances: 1,
    exclude: new Set(),
    present: new Map(),
    seed: 42,
    ...rest,
    requirement: {
      technology: 'docker',
      resources: { cpuMillis: 100, memoryMiB: 100 },
      labels: {},
      constraints: [],
      ...requirement,
    },
  };
}

function chosen(table: NodeTable, ...jobs: JobToPlan[]): string[][] {
  return planJobs(table, jobs).map((plan) => plan.placements.map(({ nodeId }) => nodeId));
}

describe('a plan', () => {
  it('chooses the node with the most left, and says what stays free', () => {
    const table = tableOf([node('a', { reserved: { cpuMillis: 800, memoryMiB: 800 } }), node('b')]);
    const [plan] = planJobs(table, [job()]);
    expect(plan?.placements[0]).toMatchObject({ nodeId: 'b' });
    expect(plan?.placements[0]?.reason).toContain('900 of 1000 cpuMillis');
  });

  it('spreads the instances of a job', () => {
    const table = tableOf([node('a'), node('b'), node('c')]);
    expect(new Set(chosen(table, job({ instances: 3 }))[0])).toEqual(new Set(['a', 'b', 'c']));
  });

  it('counts what the job has on a node already', () => {
    const table = tableOf([node('a'), node('b')]);
    expect(chosen(table, job({ present: new Map([['a', 1]]) }))).toEqual([['b']]);
  });

  it('counts what earlier jobs of the same call have taken', () => {
    const table = tableOf([node('a', { capacity: { cpuMillis: 150, memoryMiB: 1000 } })]);
    expect(chosen(table, job(), job())).toEqual([['a'], []]);
  });

  it('takes foreign load into account', () => {
    const table = tableOf([node('a'), node('b')]);
    const foreign = [{ id: 'a', resources: { cpuMillis: 950, memoryMiB: 0 } }];
    table.apply({ position: 1, telemetry: 1, complete: false, nodes: [], removed: [], foreign });
    expect(chosen(table, job({ instances: 3 }))).toEqual([['b', 'b', 'b']]);
  });

  it.each([
    ['technology', { technologies: ['process'] }],
    ['status', { status: 'suspect' }],
    ['labels', { labels: { zone: 'south' } }],
    ['architecture', { architecture: 'arm64' }],
  ] as const)('passes over a node by its %s, and counts it', (filter, facts) => {
    const wanted = job({
      requirement: {
        labels: { zone: 'north' },
        constraints: [{ type: 'architecture', architecture: 'amd64' }],
      },
    });
    const fitting = { labels: { zone: 'north' } };
    const [plan] = planJobs(tableOf([node('a', { ...fitting, ...facts })]), [wanted]);
    expect(plan?.placements).toEqual([]);
    expect(plan?.refusal).toMatchObject({ code: 'no-qualified-node', filtered: { [filter]: 1 } });
  });

  it('goes to the node that the job names, or nowhere', () => {
    const table = tableOf([node('a'), node('b')]);
    const direct = (id: string) =>
      job({ requirement: { constraints: [{ type: 'direct', node: id }] } });
    expect(chosen(table, direct('b'))).toEqual([['b']]);
    expect(chosen(table, direct('nowhere'))).toEqual([[]]);
  });

  it('never chooses an excluded node', () => {
    expect(chosen(tableOf([node('a'), node('b')]), job({ exclude: new Set(['a']) }))).toEqual([
      ['b'],
    ]);
  });

  it('says no with the nearest node and the smallest change that would fit', () => {
    const table = tableOf([
      node('far', { capacity: { cpuMillis: 100, memoryMiB: 1000 } }),
      node('near', { capacity: { cpuMillis: 900, memoryMiB: 1000 } }),
    ]);
    const [plan] = planJobs(table, [
      job({ requirement: { resources: { cpuMillis: 1000, memoryMiB: 10 } } }),
    ]);
    expect(plan?.refusal).toMatchObject({
      code: 'no-capacity',
      nearest: { nodeId: 'near', lacking: { cpuMillis: 100, memoryMiB: 0 } },
      wouldFit: { cpuMillis: 900, memoryMiB: 1000 },
    });
    expect(plan?.refusal?.detail).toContain('900 instead of 1000 cpuMillis');
  });

  it('says that there are no nodes when there are none', () => {
    expect(planJobs(tableOf([]), [job()])[0]?.refusal?.code).toBe('no-nodes');
  });

  it('places as many as fit and refuses the rest', () => {
    const [plan] = planJobs(tableOf([node('a')]), [job({ instances: 25 })]);
    expect(plan?.placements).toHaveLength(10);
    expect(plan?.refusal?.detail).toContain('15 instances do not fit');
  });

  it('gives the same plan for the same nodes, jobs and seed, byte for byte', () => {
    const nodes = Array.from({ length: 500 }, (_, index) => node(`n${index}`));
    const jobs = Array.from({ length: 50 }, (_, index) =>
      job({ seed: index, instances: 1 + (index % 20) }),
    );
    const once = JSON.stringify(planJobs(tableOf(nodes), jobs));
    expect(JSON.stringify(planJobs(tableOf(nodes), jobs))).toBe(once);
  });
});

const facts = fc
  .record({
    status: fc.constantFrom('ready' as const, 'suspect' as const, 'lost' as const),
    technologies: fc.subarray(['docker', 'process']),
    architecture: fc.constantFrom('amd64', 'arm64', null),
    labels: fc.constantFrom({}, { zone: 'north' }, { zone: 'south' }),
    capacity: fc.record({ cpuMillis: fc.nat(1000), memoryMiB: fc.nat(1000) }),
    reserved: fc.record({ cpuMillis: fc.nat(600), memoryMiB: fc.nat(600) }),
  })
  .map((changes) => (id: string) => node(id, changes));
const cluster = fc
  .array(facts, { maxLength: 120 })
  .map((makers) => makers.map((make, index) => make(`n${String(index).padStart(3, '0')}`)));
const jobs = fc.array(
  fc.record({
    instances: fc.integer({ min: 1, max: 30 }),
    cpuMillis: fc.nat(400),
    memoryMiB: fc.nat(400),
    labels: fc.constantFrom({}, { zone: 'north' }),
    seed: fc.nat(1000),
  }),
  { minLength: 1, maxLength: 5 },
);

describe('any plan', () => {
  it('overcommits no node, uses only nodes that fit, and says no only when none fits', () => {
    fc.assert(
      fc.property(cluster, jobs, (nodes, asked) => {
        const left = new Map(
          nodes.map((n) => [
            n.id,
            { ...n, reserved: { ...n.reserved } } as NodeFacts & {
              reserved: { cpuMillis: number; memoryMiB: number };
            },
          ]),
        );
        const planned = asked.map(({ instances, cpuMillis, memoryMiB, labels, seed }) =>
          job({
            instances,
            seed,
            requirement: { resources: { cpuMillis, memoryMiB }, labels: { ...labels } },
          }),
        );
        for (const [index, plan] of planJobs(tableOf(nodes), planned).entries()) {
          const { requirement, instances } = planned[index] as JobToPlan;
          for (const { nodeId } of plan.placements) {
            const target = left.get(nodeId);
            if (target === undefined) throw new Error(`${nodeId} is no node`);
            expect(whyNot(target, requirement, new Set())).toBeNull();
            target.reserved.cpuMillis += requirement.resources.cpuMillis;
            target.reserved.memoryMiB += requirement.resources.memoryMiB;
          }
          if (plan.placements.length === instances) continue;
          for (const n of left.values()) expect(whyNot(n, requirement, new Set())).not.toBeNull();
        }
      }),
      { numRuns: 200, seed: 20261123 },
    );
  });
});
