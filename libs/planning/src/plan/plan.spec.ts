import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Constraint, NodeFacts } from '@oakring/contracts';
import { seededRandomness } from '@oakring/ports';
import { testsOf, whyNot } from '../fits.js';
import type { NodeTable } from '../nodes/node-table.js';
import { job, node, nodeChanges, tableOf } from '../../testing/index.js';
import type { Policy } from '../policies.js';
import { planJobs, type JobToPlan } from './plan.js';

const plansOf = (table: NodeTable, jobs: readonly JobToPlan[]) =>
  planJobs(table, jobs, seededRandomness);

function chosen(table: NodeTable, ...jobs: JobToPlan[]): string[][] {
  return plansOf(table, jobs).map((plan) => plan.placements.map(({ nodeId }) => nodeId));
}

describe('a plan', () => {
  it('chooses the node with the most left, and says what stays free', () => {
    const table = tableOf([node('a', { reserved: { cpuMillis: 800, memoryMiB: 800 } }), node('b')]);
    const [plan] = plansOf(table, [job()]);
    expect(plan?.placements[0]).toMatchObject({ nodeId: 'b' });
    expect(plan?.placements[0]?.reason).toContain('900 of 1000 cpuMillis');
  });

  it('spreads the instances of a job', () => {
    const table = tableOf([node('a'), node('b'), node('c')]);
    expect(new Set(chosen(table, job({ instances: 3 }))[0])).toEqual(new Set(['a', 'b', 'c']));
  });

  describe('of jobs that reserve nothing', () => {
    const idle = job({ requirement: { resources: { cpuMillis: 0, memoryMiB: 0 } } });
    const ids = ['a', 'b', 'c'];
    const countsOf = (table: NodeTable, jobs: readonly JobToPlan[], by?: Policy): number[] => {
      const places = planJobs(table, jobs, seededRandomness, by).flatMap((plan) => plan.placements);
      return ids.map((id) => places.filter(({ nodeId }) => nodeId === id).length);
    };
    const eight = Array.from({ length: 8 }, () => idle);

    it('goes round among nodes that are alike', () => {
      expect(countsOf(tableOf(ids.map((id) => node(id))), eight)).toEqual([3, 3, 2]);
      const large = { cpuMillis: 640_000, memoryMiB: 1_000_000 };
      expect(countsOf(tableOf(ids.map((id) => node(id, { capacity: large }))), eight)).toEqual([
        3, 3, 2,
      ]);
    });

    it('counts what is there already, whatever it reserves', () => {
      const table = tableOf([
        node('a', { placements: 4 }),
        node('b'),
        node('c', { placements: 3 }),
      ]);
      expect(countsOf(table, eight)).toEqual([1, 5, 2]);
    });

    it('does not go to one node because its machine is a little less busy', () => {
      const table = tableOf(ids.map((id) => node(id)));
      const foreign = ids.map((id, at) => {
        return { id, resources: { cpuMillis: 100 - 30 * at, memoryMiB: 0 } };
      });
      table.apply(nodeChanges({ foreign }));
      expect(countsOf(table, eight)).toEqual([2, 3, 3]);
    });

    it('went to one node by the policy of before, by which its decisions are replayed', () => {
      const table = tableOf(ids.map((id) => node(id)));
      expect(countsOf(table, eight, 'least-allocated-spread/2')).toEqual([8, 0, 0]);
    });
  });

  it('goes to the node with fewer placements where all else is equal', () => {
    const table = tableOf([node('a', { placements: 2 }), node('b', { placements: 1 })]);
    expect(chosen(table, job())).toEqual([['b']]);
    const instances = 17;
    expect(chosen(table, job({ instances }))[0]?.filter((id) => id === 'b')).toHaveLength(9);
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
    table.apply(nodeChanges({ telemetry: 1, foreign }));
    expect(chosen(table, job({ instances: 3 }))).toEqual([['b', 'b', 'b']]);
  });

  it('gives what an instance holds to its successor, however busy the machine is', () => {
    const reserved = { cpuMillis: 100, memoryMiB: 100 };
    const table = tableOf([node('a', { reserved })]);
    const foreign = [{ id: 'a', resources: { cpuMillis: 1000, memoryMiB: 1000 } }];
    table.apply(nodeChanges({ telemetry: 1, foreign }));
    const successor = job({ freed: { nodeId: 'a', resources: reserved } });
    expect(chosen(table, successor, job(), successor)).toEqual([['a'], [], ['a']]);
  });

  it('gives what an instance holds to nobody else, and what it leaves to nobody before its end', () => {
    const reserved = { cpuMillis: 1000, memoryMiB: 1000 };
    const freed = { nodeId: 'a', resources: reserved };
    const table = tableOf([node('a', { reserved })]);
    expect(chosen(table, job({ freed }), job())).toEqual([['a'], []]);
    expect(chosen(table, job({ freed: { ...freed, nodeId: 'gone' } }))).toEqual([[]]);
  });

  it('says what foreign load is in the way', () => {
    const table = tableOf([node('a')]);
    const foreign = [{ id: 'a', resources: { cpuMillis: 990, memoryMiB: 10 } }];
    table.apply(nodeChanges({ telemetry: 1, foreign }));
    const [plan] = plansOf(table, [job()]);
    expect(plan?.refusal?.detail).toContain(
      "Nearest is a, which lacks 90 cpuMillis; 10 instead of 100 cpuMillis would fit there. Of that node 990 cpuMillis are in use by what is not Oakring's.",
    );
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
    const [plan] = plansOf(tableOf([node('a', { ...fitting, ...facts })]), [wanted]);
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
    const [plan] = plansOf(table, [
      job({ requirement: { resources: { cpuMillis: 1000, memoryMiB: 10 } } }),
    ]);
    expect(plan?.refusal).toMatchObject({
      code: 'no-capacity',
      nearest: { nodeId: 'near', lacking: { cpuMillis: 100, memoryMiB: 0 } },
      wouldFit: { cpuMillis: 900, memoryMiB: 1000 },
    });
    expect(plan?.refusal?.detail).toContain('900 instead of 1000 cpuMillis');
  });

  it('says what is lacking, and proposes nothing, where the nearest node has none of it', () => {
    const reserved = { cpuMillis: 1000, memoryMiB: 950 };
    const table = tableOf([node('a', { reserved })]);
    const [plan] = plansOf(table, [job()]);
    expect(plan?.refusal).toMatchObject({
      detail: expect.stringMatching(/Nearest is a, which lacks 100 cpuMillis and 50 MiB\.$/),
      wouldFit: null,
    });
    const [before] = planJobs(table, [job()], seededRandomness, 'least-allocated-spread/2');
    expect(before?.refusal?.detail).toContain('0 instead of 100 cpuMillis and 50 instead of 100');
  });

  it('says that there are no nodes when there are none', () => {
    expect(plansOf(tableOf([]), [job()])[0]?.refusal?.code).toBe('no-nodes');
  });

  it('places as many as fit and refuses the rest', () => {
    const [plan] = plansOf(tableOf([node('a')]), [job({ instances: 25 })]);
    expect(plan?.placements).toHaveLength(10);
    expect(plan?.refusal?.detail).toContain('15 instances do not fit');
  });

  it('gives the same plan for the same nodes, jobs and seed, byte for byte', () => {
    const nodes = Array.from({ length: 500 }, (_, index) => node(`n${index}`));
    const jobs = Array.from({ length: 50 }, (_, index) =>
      job({ seed: index, instances: 1 + (index % 20) }),
    );
    const once = JSON.stringify(plansOf(tableOf(nodes), jobs));
    expect(JSON.stringify(plansOf(tableOf(nodes), jobs))).toBe(once);
  });

  it('is the same however the copy of the node view came about', () => {
    const nodes = Array.from({ length: 300 }, (_, index) => node(`n${index}`));
    const grown = tableOf([]);
    for (const late of nodes.toReversed()) grown.apply(nodeChanges({ nodes: [late] }));
    const jobs = Array.from({ length: 40 }, (_, index) => job({ seed: index }));
    expect(plansOf(grown, jobs)).toEqual(plansOf(tableOf(nodes), jobs));
  });

  it('leaves the copy of the node view as it was', () => {
    const table = tableOf([node('a')]);
    const before = JSON.stringify(table.free);
    plansOf(table, [job({ instances: 5 })]);
    expect(JSON.stringify(table.free)).toBe(before);
  });

  it('settles equal scores by the id', () => {
    const table = tableOf([node('c'), node('a'), node('b')]);
    expect(chosen(table, job())).toEqual([['a']]);
    const many = chosen(table, job({ instances: 20 }))[0];
    expect(many?.slice(0, 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('draws from a large cluster by its seed', () => {
    const table = tableOf(Array.from({ length: 1000 }, (_, index) => node(`n${index}`)));
    const targets = Array.from({ length: 30 }, (_, seed) => chosen(table, job({ seed }))[0]?.[0]);
    expect(new Set(targets).size).toBeGreaterThan(20);
  });
});

describe('the reason of a placement', () => {
  const reasonOf = (table: NodeTable, asked: JobToPlan) =>
    plansOf(table, [asked])[0]?.placements[0]?.reason;
  const left = '900 of 1000 cpuMillis and 900 of 1000 MiB stay free';

  it('tells how many nodes fitted where all were looked at', () => {
    const table = tableOf([node('a'), node('b')]);
    expect(reasonOf(table, job())).toBe(`scores 96, best of all 2 that fit: ${left}`);
  });

  it('tells how many nodes were sampled where some were drawn', () => {
    const table = tableOf(Array.from({ length: 100 }, (_, index) => node(`n${index}`)));
    expect(reasonOf(table, job())).toBe(`scores 96, best of 8 sampled that fit: ${left}`);
  });

  it('says that no other node fits only where all were looked at', () => {
    expect(reasonOf(tableOf([node('a')]), job())).toBe(`the only node that fits: ${left}`);
    // One in a hundred: most samples have none, the others one.
    const rare = Array.from({ length: 200 }, (_, index) =>
      node(`n${index}`, { status: index % 100 === 0 ? 'ready' : 'suspect' }),
    );
    const reasons = Array.from({ length: 50 }, (_, seed) => reasonOf(tableOf(rare), job({ seed })));
    expect(new Set(reasons)).toEqual(
      new Set([
        `scores 96, best of all 2 that fit: ${left}`,
        `scores 96, best of 2 sampled that fit: ${left}`,
        `scores 96, the one in a sample that fits: ${left}`,
      ]),
    );
  });

  it('counts a node once, however often it is drawn', () => {
    const one = Array.from({ length: 65 }, (_, index) =>
      node(`n${index}`, { status: index === 30 ? 'ready' : 'suspect' }),
    );
    const reasons = Array.from({ length: 50 }, (_, seed) => reasonOf(tableOf(one), job({ seed })));
    expect(new Set(reasons)).toEqual(
      new Set([
        `the only node that fits: ${left}`,
        `scores 96, the one in a sample that fits: ${left}`,
      ]),
    );
  });

  it('tells when the job named the node', () => {
    const named = job({ requirement: { constraints: [{ type: 'direct', node: 'a' }] } });
    expect(reasonOf(tableOf([node('a'), node('b')]), named)).toBe(
      `the node that the job names: ${left}`,
    );
  });

  it('comes with why the other nodes were passed over', () => {
    const table = tableOf([node('a'), node('b', { status: 'lost' }), node('c')]);
    expect(plansOf(table, [job()])[0]?.considered).toEqual({
      nodes: 3,
      feasible: 2,
      filtered: { status: 1 },
    });
  });
});

describe('a refusal for other reasons than capacity', () => {
  const detailOf = (facts: Partial<NodeFacts>, asked: JobToPlan) =>
    plansOf(tableOf([node('a', facts), node('b', { status: 'lost' })]), [asked])[0]?.refusal;
  const zone = { labels: { zone: 'north' } };
  const arm = { constraints: [{ type: 'architecture', architecture: 'arm64' }] } as const;
  const direct = (...ids: string[]) => ({
    constraints: ids.map((id) => ({ type: 'direct', node: id }) as const),
  });

  it.each([
    ['Nearest is a, which is excluded from this choice.', job({ exclude: new Set(['a', 'b']) })],
    [
      'Nearest is a, which offers docker, not unikernel.',
      job({ requirement: { technology: 'unikernel' } }),
    ],
    ['Nearest is a, which is amd64, not arm64.', job({ requirement: arm })],
    ['Nearest is a, which lacks the label zone=north.', job({ requirement: zone })],
    ['b is not ready.', job({ requirement: direct('b') })],
    ['The job names x, which is not registered.', job({ requirement: direct('x') })],
    [
      'a cannot be each of the nodes that the job names (a, b).',
      job({ requirement: direct('a', 'b') }),
    ],
  ])('ends with what comes closest: %s', (sentence, asked) => {
    const refusal = detailOf({}, asked);
    expect(refusal).toMatchObject({ code: 'no-qualified-node', nearest: null, wouldFit: null });
    expect(refusal?.detail.endsWith(`. ${sentence}`) || refusal?.detail).toBe(true);
  });

  it('names the value that a label has instead', () => {
    expect(detailOf({ labels: { zone: 'south' } }, job({ requirement: zone }))?.detail).toBe(
      '1 instance does not fit on any of 2 nodes: 1 not ready, 1 without a label asked for. ' +
        'Nearest is a, which has zone=south, not zone=north.',
    );
  });
});

const facts = fc
  .record({
    status: fc.constantFrom('ready' as const, 'suspect' as const, 'lost' as const),
    technologies: fc.subarray(['docker', 'process']),
    open: fc.constantFrom(true, true, true, false),
    enforcesStop: fc.boolean(),
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
    constraints: fc.constantFrom<readonly Constraint[]>(
      ...([[], [], [{ type: 'architecture', architecture: 'arm64' }]] as const),
      ...([[{ type: 'direct', node: 'n001' }], [{ type: 'direct', node: 'nowhere' }]] as const),
      [
        { type: 'architecture', architecture: 'amd64' },
        { type: 'direct', node: 'n000' },
      ],
    ),
    enforcesStop: fc.boolean(),
    exclude: fc.subarray(['n000', 'n001', 'n002']),
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
        const planned = asked.map(({ instances, cpuMillis, memoryMiB, seed, exclude, ...wanted }) =>
          job({
            instances,
            seed,
            exclude: new Set(exclude),
            requirement: { ...wanted, resources: { cpuMillis, memoryMiB } },
          }),
        );
        for (const [index, plan] of plansOf(tableOf(nodes), planned).entries()) {
          const asked = planned[index] as JobToPlan;
          const { requirement, instances } = asked;
          const tests = testsOf(asked);
          for (const { nodeId } of plan.placements) {
            const target = left.get(nodeId);
            if (target === undefined) throw new Error(`${nodeId} is no node`);
            expect(whyNot(target, tests)).toBeNull();
            target.reserved.cpuMillis += requirement.resources.cpuMillis;
            target.reserved.memoryMiB += requirement.resources.memoryMiB;
          }
          if (plan.placements.length === instances) continue;
          for (const n of left.values()) expect(whyNot(n, tests)).not.toBeNull();
        }
      }),
      { numRuns: 200, seed: 20261123 },
    );
  });

  it('of many replicas is what placing them one by one on the best of all nodes gives', () => {
    const small = fc
      .array(facts, { minLength: 1, maxLength: 60 })
      .map((makers) => makers.map((make, index) => make(`n${String(index).padStart(3, '0')}`)));
    fc.assert(
      fc.property(small, fc.integer({ min: 17, max: 60 }), (nodes, instances) => {
        const present = new Map<string, number>();
        const reserved = new Map(nodes.map((n) => [n.id, n.reserved]));
        const oneByOne: string[] = [];
        for (let number = 0; number < instances; number += 1) {
          const now = nodes.map((n) => ({ ...n, reserved: reserved.get(n.id) ?? n.reserved }));
          const id = chosen(tableOf(now), job({ present }))[0]?.[0];
          if (id === undefined) break;
          oneByOne.push(id);
          present.set(id, (present.get(id) ?? 0) + 1);
          const { cpuMillis, memoryMiB } = reserved.get(id) ?? { cpuMillis: 0, memoryMiB: 0 };
          reserved.set(id, { cpuMillis: cpuMillis + 100, memoryMiB: memoryMiB + 100 });
        }
        expect(chosen(tableOf(nodes), job({ instances }))[0]).toEqual(oneByOne);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('scores in whole numbers from 0 to 100', () => {
    fc.assert(
      fc.property(cluster, jobs, (nodes, asked) => {
        const planned = asked.map(({ instances, seed }) => job({ instances, seed }));
        for (const { placements } of plansOf(tableOf(nodes), planned)) {
          for (const { total, scores } of placements) {
            for (const score of [total, ...Object.values(scores)]) {
              expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
            }
          }
        }
      }),
      { numRuns: 100, seed: 4 },
    );
  });
});
