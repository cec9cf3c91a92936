import { describe, expect, it } from '@jest/globals';
import type { ScheduleAnswer, ScheduleJob } from '@oakring/contracts';
import { isStart, placementKey, type ClusterState } from '@oakring/model';
import { seededRandomness, simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import {
  ack,
  given,
  jobDocument,
  plan,
  proposal,
  ready,
  report,
  submitJob,
} from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { Rollouts } from './rollouts.js';

const seeds = Array.from({ length: 24 }, (_, index) => 500 + index);
const steps = 250;
const count = 4;
const nodeIds = ['a', 'b', 'c'];
/** Two of `j` and a half: there is room beside on some, sometimes. */
const capacity = { cpuMillis: 1_000, memoryMiB: 1_000 };
const resources = { cpuMillis: 400, memoryMiB: 100 };
const nowhere = proposal([], {
  ...({ code: 'no-capacity', detail: 'It fits nowhere.', filtered: {} } as const),
  ...{ nearest: null, wouldFit: null },
});

/**
 * Whatever comes of updates (revisions on top of each other, some that cannot start or do not get healthy, no room, orders
 * carried out late): of an update's account no more are missing than its job allows, and no more run than that.
 */
describe.each(seeds)('Rollouts of random updates, seed %i', (seed) => {
  const chance = seededRandomness(seed);
  const number = (bound: number): number => chance.integer(bound);
  const pick = <T>(list: readonly T[]): T => list[number(list.length)] as T;
  /** None may ever be missing, in one half of them. */
  const isStrict = seed % 2 === 0;
  let revision = 1;
  const can = { features: ['docker:health'], capacity };
  const cluster = given(...nodeIds.flatMap((id) => ready(id, can)));
  /** Generations that run, by `<job>/<number>`. */
  const runs = new Map<string, Set<number>>();
  let mostMissing = 0;
  let mostSurge = 0;

  function note(): void {
    const { maxUnavailable, surge } = cluster.state.jobs.get('j')?.policy.update ?? {};
    mostMissing = Math.max(mostMissing, maxUnavailable ?? 0);
    mostSurge = Math.max(mostSurge, surge ?? 0);
  }

  function when(command: Command): ReturnType<typeof cluster.when> {
    const done = cluster.when(command);
    note();
    return done;
  }

  /** Before any update. */
  function begin(): void {
    when(submitJob('j', bodyOf(revision)));
    place();
    for (const { id, nodeId } of [...cluster.state.commands.values()]) carryOut(id, nodeId, true);
    expect(serving()).toBe(count);
  }

  function bodyOf(image: number): Record<string, unknown> {
    const surge = isStrict ? 1 + number(2) : pick([0, 1, 2]);
    const rules = {
      ...{ surge, maxUnavailable: isStrict ? 0 : 1 + number(2), healthyAfterMs: 1_000 },
      ...{ rollback: number(4) > 0, placeWithinMs: pick([null, 5_000]) },
    };
    const health = number(3) === 0 ? { health: { tcp: { port: 80 } } } : {};
    return { id: 'j', image: `web:${image}`, count, resources, update: rules, ...health };
  }

  function update(image: number): Command {
    const body = bodyOf(image);
    const job = jobDocument(body);
    return { type: 'UpdateJob', id: 'j', job, bodyHash: JSON.stringify(body), ifPosition: null };
  }

  /** What is pending, as the placements of a manager would. */
  function place(): void {
    for (const id of nodeIds) when(plan('j', id, id));
    for (const { job, number: instance, generation, status } of [
      ...cluster.state.instances.values(),
    ]) {
      if (status === 'failed') when({ type: 'RetryInstance', id: job, instance, generation });
    }
    when({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
    when({ type: 'OrderStarts', placements: [...cluster.state.unorderedStarts] });
  }

  /** A worker does as it is told, or cannot. */
  function carryOut(commandId: string, nodeId: string, isWell: boolean): void {
    const command = cluster.state.commands.get(commandId);
    if (command === undefined) return;
    const { job, instance, generation, kind } = command;
    if (job !== 'j') return void when(ack(nodeId, commandId, 'succeeded'));
    const key = `${job}/${instance}`;
    const of = runs.get(key) ?? new Set<number>();
    runs.set(key, of);
    if (kind === 'delete') of.delete(generation);
    else if (isWell) of.add(generation);
    when(ack(nodeId, commandId, kind === 'delete' || isWell ? 'succeeded' : 'failed', 'boom'));
  }

  /** Instances of which something runs. */
  function serving(): number {
    return [...runs.values()].filter((of) => of.size > 0).length;
  }

  function expectKept(): void {
    const copies = [...runs.values()].reduce((sum, of) => sum + of.size, 0);
    expect(serving()).toBeGreaterThanOrEqual(count - mostMissing);
    const wanted = [...cluster.state.placements.values()].filter(
      (placement) => placement.job === 'j' && placement.wanted,
    );
    expect(wanted.length).toBeLessThanOrEqual(count + mostSurge);
    // What is ordered to end runs on for a while.
    expect(copies).toBeLessThanOrEqual(2 * count + mostSurge);
    for (const { job, number: of, generation, moving } of cluster.state.instances.values()) {
      if (job !== 'j') continue;
      const meant = [generation, moving?.generation ?? 0].map((each) =>
        placementKey('j', of, each),
      );
      const others = [...cluster.state.placementsOfInstance.of(`j/${of}`)].filter(
        (key) => cluster.state.placements.get(key)?.wanted === true && !meant.includes(key),
      );
      expect(others).toEqual([]);
    }
  }

  it('never has more missing, nor more running, than their jobs allow', async () => {
    begin();
    const ports = simulatedPorts();
    const projection = new Projection(cluster.state as ClusterState, ports);
    const announce = (): void => projection.announce([], projection.state.head);
    const queue = {
      submit: async (command: Command) => {
        const { decided } = when(command);
        announce();
        return { status: 'accepted', answer: 'answer' in decided ? decided.answer : null };
      },
    } as unknown as CommandQueue;
    const scheduler = {
      schedule: async ({ jobs }: { jobs: readonly ScheduleJob[] }) => {
        if (number(12) === 0) throw new Error('The scheduler is away.');
        return { answers: jobs.map(answer) };
      },
    };
    const hearing = { sinceMs: 0, isStormOnRecord: false };
    const rollouts = new Rollouts(scheduler, queue, () => projection.state, hearing);
    const loop = new Supervisor([rollouts as Process<unknown>], projection, ports, () => {});
    loop.start();
    for (let step = 0; step < steps; step += 1) {
      act();
      announce();
      await ports.advance(pick([100, 400, 2_000]));
      expectKept();
    }
    await loop.stop();
  });

  /** Somewhere, whether there is room or not; what an instance leaves behind is room. */
  function answer({ freed, exclude }: ScheduleJob): ScheduleAnswer {
    if (number(5) === 0) return nowhere;
    const nodeId = freed !== undefined && number(2) === 0 ? freed.node : pick(nodeIds);
    return exclude?.includes(nodeId) === true ? nowhere : proposal([nodeId]);
  }

  function act(): void {
    const open = [...cluster.state.commands.values()].filter(
      ({ status, kind }) => status !== 'ended' && kind !== 'move',
    );
    const what = number(20);
    if (what === 0) return void when(update((revision += 1)));
    if (what === 1) return void when(update(Math.max(1, revision - 1)));
    if (what === 2) {
      const size = { cpuMillis: 100 * (1 + number(4)), memoryMiB: 10 };
      when(submitJob('other', { resources: size }));
      return void when(plan('other', pick(nodeIds)));
    }
    if (what === 3) return void when({ type: 'DeleteJob', id: 'other' });
    if (what === 4) return void when({ type: 'CancelMove', id: 'j', instance: number(count) });
    if (what < 8) return place();
    if (what < 11) return void when(tell());
    const command = open.length === 0 ? undefined : pick(open);
    if (command === undefined) return place();
    carryOut(command.id, command.nodeId, !isStart(command) || number(5) > 0);
  }

  /** A worker tells how those do that run there; what serves stays well. */
  function tell(): Command {
    const nodeId = pick(nodeIds);
    const has: Record<string, 'running'> = {};
    for (const key of cluster.state.placementsOfNode.of(nodeId)) {
      const placement = cluster.state.placements.get(key);
      if (placement?.job !== 'j') continue;
      if (runs.get(`j/${placement.number}`)?.has(placement.generation) === true)
        has[key] = 'running';
    }
    return report(nodeId, has, { health: pick(['starting', 'healthy', 'healthy'] as const) });
  }
});
