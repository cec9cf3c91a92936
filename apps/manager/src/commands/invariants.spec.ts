import { describe, expect, it } from '@jest/globals';
import { clash } from '@oakring/contracts';
import { subjectOf, type StoredEvent } from '@oakring/events';
import { testsFor, whyNot } from '@oakring/planning';
import { seededRandomness } from '@oakring/ports';
import { given } from '../testing/given.js';
import {
  beginning,
  commandTypes,
  presentedKeys,
  randomCommand,
} from '../testing/random-commands.js';
import {
  takeChanges,
  ClusterState,
  stateAsText,
  evolve,
  factsOf,
  isRolledOut,
  placementKey,
  type NodeRecord,
} from '@oakring/model';
import { derivedDifferences, restored } from '@oakring/model/testing';
import type { CommandType } from './command.js';

const seeds = Array.from({ length: 30 }, (_, index) => 1000 + index);
const commandsPerSeed = 300;
/** Building every index anew costs more than a command. */
const indexesEvery = 10;

const about = { index: 0, version: 1, schemaVersion: 4, position: 0, at: 0, stream: 'cluster' };
/** How every log begins. */
const founding = [
  { ...about, type: 'ClusterFounded', data: { clusterId: 'c', name: 'n', location: 'l' } },
  ...presentedKeys.map((data) => ({ ...about, type: 'KeyPresented', data })),
] as unknown as readonly StoredEvent[];

/** Types of commands that stated something, over all seeds. */
const effective = new Set<CommandType>();

describe.each(seeds)('random commands, seed %i', (seed) => {
  const chance = seededRandomness(seed);
  const cluster = given();
  // Folded as its owner does: the state of a given cluster is that of its deciders.
  const state = cluster.state as ClusterState;
  for (const event of founding) evolve(state, event);
  for (const command of beginning) cluster.when(command);
  const highest = new Map<string, number>();
  /** The state as a start finds it that happens in the middle, and where in the history that was. */
  let checkpoint: { readonly state: ClusterState; readonly events: number } | null = null;

  it('keep every invariant after each one', () => {
    takeChanges(state);
    for (let step = 0; step < commandsPerSeed; step += 1) {
      if (step === commandsPerSeed / 2) {
        checkpoint = { state: restored(state), events: cluster.history.length };
      }
      const before = new Map([...state.nodes.values()].map((node) => [node.id, node]));
      const command = randomCommand(state, chance);
      const { events, decided } = cluster.when(command);
      cluster.pass(chance.integer(3_000));
      if (events.length > 0 || 'refusal' in decided) effective.add(command.type);
      expectNoOvercommit(state, before);
      expectReservedIsSum(state);
      expectPortsApart(state);
      expectPlacesQualify(state, events);
      expectChangesTold(state, before);
      expectSurgesSound(state);
      if (step % indexesEvery === 0) expect(derivedDifferences(state)).toEqual([]);
    }
    expect(derivedDifferences(state)).toEqual([]);
    for (const event of cluster.history) {
      if (event.type !== 'InstancesPlaced') continue;
      for (const placed of event.data.placements) {
        const key = `${event.stream}/${placed.instance}`;
        expect(placed.generation).toBeGreaterThan(highest.get(key) ?? 0);
        highest.set(key, placed.generation);
      }
    }
  });

  it('give the same views, byte for byte, when the history is replayed', () => {
    const replayed = new ClusterState(true);
    for (const event of [...founding, ...cluster.history]) evolve(replayed, event);
    expect(stateAsText(replayed)).toBe(stateAsText(state));
    expect(derivedDifferences(state, replayed)).toEqual([]);
  });

  it('give the same views, byte for byte, when a start goes on from a checkpoint', () => {
    if (checkpoint === null) throw new Error('there is none');
    for (const event of cluster.history.slice(checkpoint.events)) evolve(checkpoint.state, event);
    expect(stateAsText(checkpoint.state)).toBe(stateAsText(state));
    expect(derivedDifferences(checkpoint.state, state)).toEqual([]);
  });
});

describe('the random commands', () => {
  it('are of every type, and each type comes at a time when it means something', () => {
    expect(commandTypes.filter((type) => !effective.has(type))).toEqual([]);
  });
});

/** Reserved may exceed a capacity that shrank, but no decision may raise it there. */
function expectNoOvercommit(state: ClusterState, before: ReadonlyMap<string, NodeRecord>): void {
  for (const { id, reserved, capacity } of state.nodes.values()) {
    for (const kind of ['cpuMillis', 'memoryMiB'] as const) {
      if (reserved[kind] <= capacity[kind]) continue;
      expect(reserved[kind]).toBeLessThanOrEqual(before.get(id)?.reserved[kind] ?? 0);
    }
  }
}

function expectReservedIsSum(state: ClusterState): void {
  const nodes = [...state.nodes.values()];
  const sums = nodes.map((node) => {
    const sum = { cpuMillis: 0, memoryMiB: 0 };
    let count = 0;
    for (const { nodeId, resources } of state.placements.values()) {
      if (nodeId !== node.id) continue;
      sum.cpuMillis += resources.cpuMillis;
      sum.memoryMiB += resources.memoryMiB;
      count += 1;
    }
    return [sum, count];
  });
  expect(nodes.map(({ reserved, placements }) => [reserved, placements])).toEqual(sums);
}

/** No two instances of a node have the same port; one and its successor may, which starts as the other ends. */
function expectPortsApart(state: ClusterState): void {
  for (const { id, ports } of state.nodes.values()) {
    const there = [...state.placements.values()].filter(({ nodeId }) => nodeId === id);
    const held = there.flatMap(({ job, number, ports: own }) =>
      own.map((port) => ({ port, job, instance: `${job}/${number}` })),
    );
    expect(ports.map(({ port, job }) => `${port} ${job}`).sort()).toEqual(
      held.map(({ port, job }) => `${port} ${job}`).sort(),
    );
    const apart = (one: (typeof held)[number], other: (typeof held)[number]): boolean =>
      one.instance === other.instance || !clash(one.port, other.port);
    expect(held.every((one) => held.every((other) => apart(one, other)))).toBe(true);
  }
}

/** Whatever was proposed: nothing is placed where its job may not be. What is taken over is where it is. */
function expectPlacesQualify(state: ClusterState, events: readonly StoredEvent[]): void {
  for (const event of events) {
    if (event.type !== 'InstancesPlaced' && event.type !== 'MoveStarted') continue;
    const { data } = event;
    if (data.basis?.policy === 'taken-over') continue;
    const job = state.jobs.get(subjectOf(event));
    for (const { nodeId } of 'placements' in data ? data.placements : [data.placement]) {
      const node = state.nodes.get(nodeId);
      expect(job !== undefined && node !== undefined).toBe(true);
      if (job === undefined || node === undefined) continue;
      const free = job.resources;
      // Which ports are taken by whom is judged above: its own are by now.
      const { ports: _ports, ...facts } = factsOf(node);
      expect(whyNot(facts, testsFor(job), free)).toBeNull();
    }
  }
}

/** What an update begins beside something is of its job's revision, and two are wanted of no number but so. */
function expectSurgesSound(state: ClusterState): void {
  for (const [
    key,
    { job: id, moving, removing, number, generation },
  ] of state.instances.entries()) {
    const wanted = [...state.placementsOfInstance.of(key)].filter(
      (each) => state.placements.get(each)?.wanted === true,
    );
    const meant = [generation, ...(moving === null ? [] : [moving.generation])];
    const known = meant.map((each) => placementKey(id, number, each));
    expect(wanted.filter((each) => !known.includes(each))).toEqual([]);
    if (moving?.surge !== true) continue;
    const job = state.jobs.get(id);
    const target = state.placements.get(placementKey(id, number, moving.generation));
    expect(removing).toBe(false);
    expect(job !== undefined && isRolledOut(job) && job.revision === target?.revision).toBe(true);
    expect(job?.enforcesStop).toBe(false);
  }
}

/** The scheduler hears of every node that is another than before: its copy plans what is applied here. */
function expectChangesTold(state: ClusterState, before: ReadonlyMap<string, NodeRecord>): void {
  const told = takeChanges(state).nodes;
  const ids = new Set([...before.keys(), ...[...state.nodes.values()].map(({ id }) => id)]);
  for (const id of ids) {
    // A record that is the same one has not changed.
    if (told.has(id) || before.get(id) === state.nodes.get(id)) continue;
    const [was, is] = [before.get(id), state.nodes.get(id)].map((node) => node && factsOf(node));
    expect(is).toEqual(was);
  }
}
