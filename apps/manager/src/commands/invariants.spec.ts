import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { given } from '../testing/given.js';
import { randomCommand } from '../testing/random-commands.js';
import type { ClusterState } from '../views/cluster-state.js';
import { ClusterState as EmptyState } from '../views/cluster-state.js';
import { stateAsText } from '../views/copy-state.js';
import { evolve } from '../views/fold/evolve.js';

const seeds = Array.from({ length: 30 }, (_, index) => 1000 + index);
const commandsPerSeed = 200;

describe.each(seeds)('random commands, seed %i', (seed) => {
  const chance = seededRandomness(seed);
  const cluster = given();
  const highest = new Map<string, number>();

  it('keep every invariant after each one', () => {
    for (let step = 0; step < commandsPerSeed; step += 1) {
      const capacitiesBefore = reservedByNode(cluster.state);
      cluster.when(randomCommand(cluster.state, chance));
      expectNoOvercommit(cluster.state, capacitiesBefore);
      expectReservedIsSum(cluster.state);
      expectIndexesAgree(cluster.state);
    }
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
    const replayed = new EmptyState(true);
    for (const event of cluster.history) evolve(replayed, event);
    expect(stateAsText(replayed)).toBe(stateAsText(cluster.state));
  });
});

function reservedByNode(state: ClusterState): Map<string, number> {
  return new Map([...state.nodes.values()].map((node) => [node.id, node.reserved.cpuMillis]));
}

/** Reserved may exceed a capacity that shrank, but no decision may raise it there. */
function expectNoOvercommit(state: ClusterState, before: Map<string, number>): void {
  for (const node of state.nodes.values()) {
    if (node.reserved.cpuMillis <= node.capacity.cpuMillis) continue;
    expect(node.reserved.cpuMillis).toBeLessThanOrEqual(before.get(node.id) ?? 0);
  }
}

function expectReservedIsSum(state: ClusterState): void {
  for (const node of state.nodes.values()) {
    let cpuMillis = 0;
    let count = 0;
    for (const placement of state.placements.values()) {
      if (placement.nodeId !== node.id) continue;
      cpuMillis += placement.resources.cpuMillis;
      count += 1;
    }
    expect([node.reserved.cpuMillis, node.placements]).toEqual([cpuMillis, count]);
  }
}

function expectIndexesAgree(state: ClusterState): void {
  for (const [key, instance] of state.instances.entries()) {
    expect(state.instancesOfJob.of(instance.job).has(key)).toBe(true);
    const pending = instance.status === 'pending' && !instance.removing;
    expect(state.pendingOfJob.of(instance.job).has(key)).toBe(pending);
    expect(state.jobs.get(instance.job)).toBeDefined();
  }
  for (const [key, placement] of state.placements.entries()) {
    expect(state.placementsOfNode.of(placement.nodeId).has(key)).toBe(true);
    expect(state.instances.get(`${placement.job}/${placement.number}`)).toBeDefined();
  }
}
