import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandQueue } from '../commands/command.js';
import { DeliveryRecord } from '../outbox/delivery-record.js';
import { Outbox } from '../outbox/outbox.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { orderStops, plan, replace } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import type { Order } from '../wires/dialect.port.js';
import { OneWorker } from './testing/one-worker.js';

let world: OneWorker;
let supervisor: Supervisor;
let sent: { readonly kind: string; readonly atMs: number }[];

beforeEach(() => {
  world = new OneWorker();
  sent = [];
  const { cluster, ports } = world;
  // The state of the deciders serves as the view: nothing here is under way.
  const projection = new Projection(cluster.state, ports);
  const decide = cluster.when;
  cluster.when = (command) => {
    const decided = decide(command);
    projection.announce(decided.events, cluster.state.head);
    return decided;
  };
  const link = {
    ...{ connected: true, upSinceMs: 0, onUp: () => {}, onDown: () => {} },
    async send(_nodeId: string, order: Order) {
      if (order.what !== 'command') return null;
      sent.push({ kind: order.said.command.kind, atMs: ports.clock.monotonicMs() });
      return null;
    },
  };
  const outbox = new Outbox(
    link,
    { submit: async () => ({}) } as unknown as CommandQueue,
    () => projection.state,
    new DeliveryRecord(),
    { gate: world.inference },
    ports,
  );
  supervisor = new Supervisor([outbox as Process<unknown>], projection, ports, () => {});
  supervisor.start();
});
afterEach(() => void supervisor.stop());

describe('An order to a worker that does not acknowledge', () => {
  it('leaves in the same instant in which the last of its lists comes at its pace', async () => {
    world.when(plan('j', 'a'));
    await world.pass(2_100);
    world.list();
    await world.pass(337);
    expect(sent).toEqual([]);
    world.list();
    await world.pass(0);
    expect(sent).toEqual([{ kind: 'deploy', atMs: 2_437 }]);
  });

  it('leaves in the same instant in which the end of the one before it is known', async () => {
    await world.lists(2);
    world.when(plan('j', 'a'));
    await world.pass(100);
    world.says('created');
    await world.lists(1, 'j/0');
    world.when({ type: 'RestartJob', id: 'j' });
    replace(world.cluster, 'a');
    orderStops(world.cluster);
    await world.pass(137);
    expect(sent.map(({ kind }) => kind)).toEqual(['deploy', 'delete']);
    world.says('ended');
    await world.pass(0);
    expect(sent.at(-1)).toEqual({ kind: 'deploy', atMs: 6_237 });
  });
});
