import { afterEach, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { ack, commandTo, running } from '../testing/given.js';
import type { ClusterState } from '../views/cluster-state.js';
import { Projection } from '../views/projection.js';
import { StopLoop } from './stop-loop.js';

let loop: StopLoop;
afterEach(() => loop.stop());

it('A stop that fails at its worker is ordered again, less and less often', async () => {
  const ports = simulatedPorts();
  const cluster = running({}, 'a');
  // The state of the deciders serves as the view: nothing here is under way.
  const projection = new Projection(cluster.state as ClusterState, ports);
  const orderedAtMs: number[] = [];
  const queue: CommandQueue = {
    submit: (async (command: Command) => {
      orderedAtMs.push(ports.clock.monotonicMs());
      cluster.when(command);
      cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'failed', 'the runtime hangs'));
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  cluster.when({ type: 'ScaleJob', id: 'j', count: 0 });
  loop = new StopLoop(queue, projection, ports, () => {});
  loop.start();
  await ports.advance(3_600_000);
  const waits = orderedAtMs.slice(1).map((atMs, index) => atMs - (orderedAtMs[index] ?? 0));
  expect(waits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect(Math.max(...waits)).toBe(300_000);
  expect(orderedAtMs.length).toBeLessThan(20);
});
