import { describe, expect, it } from '@jest/globals';
import type { ClusterState } from '@oakring/model';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { jobAnswer } from '../queries/job-answer.js';
import { nodeAnswer } from '../queries/node-answer.js';
import { Supervisor } from '../supervision/supervisor.js';
import type { Process } from '../supervision/process.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { given, plan, ready, submitJob } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { HeldOrders } from './held-orders.js';

/** An order to node `a` to start j/0, which is not sent for a reason. */
function scene({ reason = 'no rhythm' as string | null, mayHold = true } = {}) {
  const ports = simulatedPorts();
  const cluster = given(...ready('a'), submitJob('j', { count: 1 }), plan('j', 'a'));
  const projection = new Projection(cluster.state as ClusterState, ports);
  const held: string[] = [];
  const queue: CommandQueue = {
    submit: (async (command: Command) => {
      const { events, types } = cluster.when(command);
      held.push(...types);
      projection.announce(events, cluster.state.head);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  const known = { reason };
  const orders = new HeldOrders(
    () => known.reason,
    () => mayHold,
    queue,
  );
  const watch = new Supervisor([orders as Process<unknown>], projection, ports, () => {});
  watch.start();
  const table = new TelemetryTable(ports);
  return {
    ...{ ports, cluster, held, watch, known },
    shown: () => {
      const { state } = cluster;
      const [job, node] = [state.jobs.get('j'), state.nodes.get('a')];
      if (job === undefined || node === undefined) throw new Error('there is none');
      const [instance] = jobAnswer(state, job).instances;
      return [instance?.reason, nodeAnswer(node, { state, telemetry: table }).ordersHeld];
    },
  };
}

describe('An order that is not sent', () => {
  it('has its reason on record after 15 s, once, shown of its instance and of its node', async () => {
    const { ports, cluster, held, watch, shown } = scene();
    await ports.advance(14_900);
    expect(held).toEqual([]);
    await ports.advance(200);
    expect(held).toEqual(['CommandHeld']);
    // Written once: what it says was so then.
    const reason = `no rhythm (as of ${new Date(cluster.history.at(-1)?.at ?? 0).toISOString()})`;
    expect(shown()).toEqual([reason, { orders: 1, reason }]);
    await ports.advance(120_000);
    expect(held).toEqual(['CommandHeld']);
    await watch.stop();
  });

  it('waits for nothing any more once it is received', async () => {
    const { ports, cluster, watch, shown } = scene();
    await ports.advance(16_000);
    const [order] = [...cluster.state.commands.values()];
    const ack = { generation: 1, phase: 'received', reason: null, incarnation: 1 } as const;
    cluster.when({
      ...{ type: 'RecordAck', nodeId: 'a' },
      ack: { ...ack, commandId: order?.id ?? '' },
    });
    expect(shown()).toEqual([expect.not.stringContaining('no rhythm'), undefined]);
    await watch.stop();
  });

  it('is looked at again for a reason that is not there yet', async () => {
    const { ports, held, watch, known } = scene({ reason: null });
    await ports.advance(30_000);
    expect(held).toEqual([]);
    known.reason = 'no rhythm';
    await ports.advance(5_100);
    expect(held).toEqual(['CommandHeld']);
    await watch.stop();
  });

  it('is not asked about where nothing is held', async () => {
    const { ports, held, watch } = scene({ mayHold: false });
    await ports.advance(60_000);
    expect(held).toEqual([]);
    await watch.stop();
  });
});
