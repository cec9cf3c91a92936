import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { factsOf } from '@oakring/model';
import { jobsToPlan, NodeTable, planJobs } from '@oakring/planning';
import { seededRandomness } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import { given, plan, ready, submitJob, type Given } from '../testing/given.js';
import { randomJob } from '../testing/random-job.js';
import { nextGroup, questionAbout } from './next-group.js';

const nodeIds = ['a', 'b', 'c', 'd', 'e'];

const node = fc.record({
  isReady: fc.constantFrom(true, true, true, false),
  closed: fc.constantFrom(null, null, null, 'cordon' as const, 'drain' as const),
  body: fc.record({
    technologies: fc.constantFrom(['docker'], ['docker', 'process'], ['process']),
    architecture: fc.constantFrom('amd64', 'arm64'),
    labels: fc.constantFrom({}, { zone: 'north' }, { zone: 'south' }),
    capacity: fc.record({ cpuMillis: fc.nat(800), memoryMiB: fc.nat(600) }),
    enforcesStop: fc.boolean(),
  }),
});

/** Nodes of every kind, some of which take nothing. */
function clusterOf(nodes: readonly (typeof node extends fc.Arbitrary<infer T> ? T : never)[]) {
  const cluster = given();
  for (const [at, { isReady, closed, body }] of nodes.entries()) {
    const id = nodeIds[at] ?? '';
    for (const command of ready(id, body).slice(0, isReady ? 2 : 1)) cluster.when(command);
    if (closed === null) continue;
    const order =
      closed === 'drain'
        ? ({ do: 'drain', withinMs: 1_000, force: false } as const)
        : ({ do: 'cordon', reason: 'r' } as const);
    cluster.when({ type: 'OrderNode', id, order });
  }
  return cluster;
}

function copyOf({ state }: Given): NodeTable {
  const table = new NodeTable();
  const nodes = Array.from(state.nodes.values(), factsOf);
  const changes = { position: 1, telemetry: 0, complete: true, removed: [], foreign: [] };
  table.apply({ ...changes, nodes });
  return table;
}

function question({ state }: Given, id: string) {
  const job = state.jobs.get(id);
  if (job === undefined) throw new Error(`${id} is no job`);
  const { instances } = nextGroup(state, job, 100);
  return instances === 0 ? null : questionAbout(state, job, instances);
}

describe('What planning chose', () => {
  const drawn = fc.record({
    nodes: fc.array(node, { minLength: 1, maxLength: nodeIds.length }),
    jobs: fc.array(fc.nat(2 ** 30), { minLength: 1, maxLength: 12 }),
  });

  it('is applied in full unless something changed, and what it refused does not fit', () => {
    let placedInAll = 0;
    fc.assert(
      fc.property(drawn, ({ nodes, jobs }) => {
        const cluster = clusterOf(nodes);
        const all = Array.from(cluster.state.nodes.values(), ({ id }) => id);
        for (const [at, seed] of jobs.entries()) {
          const id = `job-${at}`;
          const chance = seededRandomness(seed);
          const number = (bound: number) => chance.integer(bound);
          const pick = <T>(list: readonly T[]): T => list[number(list.length)] as T;
          cluster.when(submitJob(id, { ...randomJob({ pick, number }), id }));
          const asked = question(cluster, id);
          if (asked === null) continue;
          const [planned] = planJobs(
            copyOf(cluster),
            jobsToPlan([asked], () => seed),
            seededRandomness,
          );
          const chosen = planned?.placements.map(({ nodeId }) => nodeId) ?? [];
          const { decided } = cluster.when(plan(id, ...chosen));
          expect(decided).toEqual({ answer: { placed: chosen.length, rejected: [] } });
          placedInAll += chosen.length;
          if (planned?.refusal === null) continue;
          // One more: every node would reject it.
          const { decided: more } = cluster.when(plan(id, ...all));
          expect(more).toEqual({ answer: { placed: 0, rejected: all } });
        }
      }),
      { numRuns: 150, seed: 20261128 },
    );
    expect(placedInAll).toBeGreaterThan(100);
  });

  it('is rejected where a filter judges otherwise meanwhile', () => {
    const changes: readonly (readonly Command[])[] = [
      [{ type: 'OrderNode', id: 'a', order: { do: 'cordon', reason: 'r' } }],
      ready('a', { technologies: ['process'] }),
      [submitJob('other', { resources: { cpuMillis: 4000, memoryMiB: 1 } }), plan('other', 'a')],
    ];
    for (const change of changes) {
      const cluster = given(...ready('a'), submitJob('j'), ...change);
      const { decided } = cluster.when(plan('j', 'a'));
      expect(decided).toEqual({ answer: { placed: 0, rejected: ['a'] } });
    }
  });
});
