import { afterEach, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { ack, commandTo, running } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { orderedStops } from './ordered-stops.js';

let supervisor: Supervisor;
afterEach(() => void supervisor.stop());

it('A stop that fails at its worker is ordered again, less and less often', async () => {
  const ports = simulatedPorts();
  const cluster = running({}, 'a');
  // The state of the deciders serves as the view: nothing here is under way.
  const projection = new Projection(cluster.state, ports);
  const orderedAtMs: number[] = [];
  const queue: CommandQueue = {
    submit: (async (command: Command) => {
      orderedAtMs.push(ports.clock.monotonicMs());
      cluster.when(command);
      cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'failed', 'the runtime hangs'));
      projection.announce([], cluster.state.head);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  cluster.when({ type: 'ScaleJob', id: 'j', count: 0 });
  const processes = [orderedStops(queue) as Process<unknown>];
  supervisor = new Supervisor(processes, projection, ports, () => {});
  supervisor.start();
  await ports.advance(3_600_000);
  const waits = orderedAtMs.slice(1).map((atMs, index) => atMs - (orderedAtMs[index] ?? 0));
  for (const [index, waitMs] of waits.entries()) {
    const mostMs = Math.min(10_000 * 2 ** index, 600_000);
    expect(waitMs).toBeGreaterThanOrEqual(mostMs / 2);
    expect(waitMs).toBeLessThanOrEqual(mostMs + 1);
  }
  expect(orderedAtMs.length).toBeGreaterThan(8);
});

it('A stop that fails long after it was ordered is ordered again at once', async () => {
  const ports = simulatedPorts();
  const cluster = running({}, 'a');
  const projection = new Projection(cluster.state, ports);
  let orders = 0;
  const queue: CommandQueue = {
    submit: (async (command: Command) => {
      orders += 1;
      cluster.when(command);
      projection.announce([], cluster.state.head);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  cluster.when({ type: 'ScaleJob', id: 'j', count: 0 });
  supervisor = new Supervisor(
    [orderedStops(queue) as Process<unknown>],
    projection,
    ports,
    () => {},
  );
  supervisor.start();
  await ports.advance(61_000);
  expect(orders).toBe(1);
  cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'failed', 'the runtime hangs'));
  projection.announce([], cluster.state.head);
  await ports.advance(100);
  expect(orders).toBe(2);
});
