import { afterEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import {
  acknowledgeAll,
  jobDocument,
  orderStops,
  plan,
  running,
  type Given,
} from '../testing/given.js';
import type { ClusterState } from '../views/cluster-state.js';
import { Projection } from '../views/projection.js';
import { RolloutLoop } from './rollout-loop.js';

const healthyAfterMs = 5_000;
const sweepMs = 250;

let ports: SimulatedPorts;
let cluster: Given;
let projection: Projection;
let loop: RolloutLoop;
/** Numbers of the instances that were withdrawn, in order. */
let withdrawn: number[];
/** While true nothing is answered: the log is away. */
let isAway: boolean;

afterEach(() => loop.stop());

describe('A rollout', () => {
  it.each([
    [1, [0]],
    [2, [0, 1]],
    [9, [0, 1, 2]],
  ])('takes no more than maxUnavailable (%i) out at once', async (maxUnavailable, first) => {
    updated({ maxUnavailable });
    await ports.advance(20 * sweepMs);
    expect(withdrawn).toEqual(first);
  });

  it('goes on once what is new has run for as long as it must', async () => {
    updated({ maxUnavailable: 1 });
    await ports.advance(sweepMs);
    replaceWhatIsMissing();
    await ports.advance(healthyAfterMs - sweepMs);
    expect(withdrawn).toEqual([0]);
    await ports.advance(3 * sweepMs);
    expect(withdrawn).toEqual([0, 1]);
  });

  it('counts what is missing for another reason', async () => {
    cluster = running({ count: 3 }, 'a', 'b', 'c');
    cluster.when({
      ...({ type: 'WithdrawInstance', id: 'j', instance: 2, generation: 1 } as const),
      ...{ reason: 'somebody said so', elsewhere: true },
    });
    begin({ maxUnavailable: 1 });
    await ports.advance(4 * sweepMs);
    expect(withdrawn).toEqual([]);
  });

  it('ends when every instance is new and well', async () => {
    updated({ maxUnavailable: 1 });
    for (let round = 0; round < 3; round += 1) {
      await ports.advance(2 * sweepMs);
      replaceWhatIsMissing();
      await ports.advance(healthyAfterMs + 2 * sweepMs);
    }
    expect(withdrawn).toEqual([0, 1, 2]);
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ status: 'completed' });
  });

  it('is carried on by the next manager, from what is on record', async () => {
    updated({ maxUnavailable: 1 });
    loop.stop();
    loop = new RolloutLoop(queue, projection, ports);
    loop.start();
    await ports.advance(2 * sweepMs);
    expect(withdrawn).toEqual([0]);
  });

  it('asks once while an answer is out, and again when the log was away', async () => {
    updated({ maxUnavailable: 1 });
    isAway = true;
    await ports.advance(sweepMs);
    expect(withdrawn).toEqual([0]);
    await ports.advance(sweepMs);
    expect(withdrawn).toEqual([0, 0]);
  });
});

const queue: CommandQueue = {
  submit: (async (command: Command) => {
    if (command.type === 'WithdrawInstance') withdrawn.push(command.instance);
    if (isAway) throw new Error('the log is away');
    const { decided, events } = cluster.when(command);
    projection.announce(events, projection.state.head);
    return { status: 'accepted', answer: 'answer' in decided ? decided.answer : null };
  }) as unknown as CommandQueue['submit'],
};

/** Job `j` runs on three nodes and is to run another image. */
function updated(update: Record<string, unknown>): void {
  cluster = running({ count: 3 }, 'a', 'b', 'c');
  begin(update);
}

function begin(update: Record<string, unknown>): void {
  ports = simulatedPorts();
  withdrawn = [];
  isAway = false;
  const body = { id: 'j', image: 'web:2', count: 3, update: { healthyAfterMs, ...update } };
  const job = jobDocument(body);
  cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash: 'newer', ifPosition: null });
  // The state of the deciders serves as the view: nothing here is under way.
  projection = new Projection(cluster.state as ClusterState, ports);
  loop = new RolloutLoop(queue, projection, ports);
  loop.start();
}

/** What was withdrawn stops, and is started again, somewhere. */
function replaceWhatIsMissing(): void {
  orderStops(cluster);
  acknowledgeAll(cluster);
  for (const { status } of [...cluster.state.instances.values()]) {
    if (status === 'pending') cluster.when(plan('j', 'a'));
  }
  acknowledgeAll(cluster);
}
