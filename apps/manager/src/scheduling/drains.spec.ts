import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import {
  acknowledgeAll,
  orderStops,
  plan,
  proposal,
  ready,
  running,
  submitJob,
  type Given,
  withdrawFrom,
} from '../testing/given.js';
import type { ClusterState } from '@oakring/model';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import { Drains } from './drains.js';
import type { Scheduler } from './scheduler.port.js';

let ports: SimulatedPorts;
let loop: Supervisor;
let asked: string[];
let ended: Extract<Command, { type: 'EndDrain' }>[];
let replaced: Extract<Command, { type: 'ReplaceInstance' }>[];
let answer: ReturnType<typeof proposal>;
/** What the scheduler says of some jobs instead. */
let answers: Readonly<Record<string, typeof answer>> = {};
/** Lets the views' listeners know of what was done to the state. */
let tell: () => void = () => {};
/** Whether the deadline of a drain without any time has come. */
let past = false;

beforeEach(() => {
  answer = proposal(['b']);
  answers = {};
});
afterEach(() => void loop.stop());

describe('A drain', () => {
  it('moves what can be moved, however much cannot', async () => {
    const cluster = running(
      { one_shot: true, count: 10 },
      ...Array.from({ length: 10 }, () => 'a'),
    );
    cluster.when(submitJob('web'));
    cluster.when(plan('web', 'a'));
    acknowledgeAll(cluster);
    drain(cluster, 3_600_000);
    await ports.advance(2_000);
    expect(asked).toContain('web');
  });

  it('moves what can be moved, however much fits nowhere else', async () => {
    const tiny = { resources: { cpuMillis: 1, memoryMiB: 1 } };
    const cluster = running({ ...tiny, count: 120 }, ...Array.from({ length: 120 }, () => 'a'));
    cluster.when(submitJob('web', tiny));
    cluster.when(plan('web', 'a'));
    acknowledgeAll(cluster);
    answers = { j: nowhere };
    drain(cluster, 3_600_000);
    await ports.advance(120_000);
    expect(asked).toContain('web');
  });

  it('is not done while something is being moved to its node', async () => {
    const cluster = running({}, 'b');
    for (const command of ready('a')) cluster.when(command);
    const target = { nodeId: 'a', reason: 'r', total: 1, scores: {} };
    const move = { type: 'MoveInstance', id: 'j', instance: 0, generation: 1 } as const;
    cluster.when({ ...move, target, basis: null });
    drain(cluster, 0);
    await ports.advance(10_000);
    expect(ended).toEqual([]);
    past = true;
    await ports.advance(5_000);
    expect(ended[0]).toMatchObject({
      outcome: 'incomplete',
      reason: 'left at the deadline: j/0',
    });
  });

  it('is not done before what must never run twice has ended there', async () => {
    const cluster = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
    withdrawFrom(cluster, 'a');
    drain(cluster, 3_600_000);
    await ports.advance(2_000);
    expect(ended).toEqual([]);
    orderStops(cluster);
    acknowledgeAll(cluster);
    tell();
    await ports.advance(1_000);
    expect(ended[0]).toMatchObject({ outcome: 'done' });
  });

  it('is not done before the last instance that was moved away has ended there', async () => {
    const cluster = running({}, 'a');
    drain(cluster, 3_600_000);
    const target = { nodeId: 'b', reason: 'r', total: 1, scores: {} };
    const move = { type: 'MoveInstance', id: 'j', instance: 0, generation: 1 } as const;
    cluster.when({ ...move, target, basis: null });
    acknowledgeAll(cluster);
    tell();
    expect(cluster.state.instances.get('j/0')).toMatchObject({ nodeId: 'b', status: 'running' });
    await ports.advance(2_000);
    expect(ended).toEqual([]);
    orderStops(cluster);
    tell();
    await ports.advance(2_000);
    expect(ended).toEqual([]);
    acknowledgeAll(cluster);
    tell();
    await ports.advance(1_000);
    expect(ended[0]).toMatchObject({ outcome: 'done' });
  });

  it('does not stop what must never run twice before there is a place for it', async () => {
    const cluster = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
    answer = nowhere;
    drain(cluster, 3_600_000);
    await ports.advance(2_000);
    expect(asked).toEqual(['j']);
    expect(replaced).toEqual([]);
    answer = proposal(['b']);
    await ports.advance(10_000);
    expect(replaced[0]).toMatchObject({ instance: 0, generation: 1, target: { nodeId: 'b' } });
  });

  it('that ends at its deadline says what is left, and why', async () => {
    const cluster = running({}, 'a');
    answer = nowhere;
    drain(cluster, 0);
    await ports.advance(1_000);
    expect(ended).toEqual([]);
    past = true;
    await ports.advance(5_000);
    expect(ended[0]).toMatchObject({
      outcome: 'incomplete',
      reason: 'left at the deadline: j/0. It fits nowhere.',
    });
  });
});

const nowhere = proposal([], {
  ...({ code: 'no-capacity', detail: 'It fits nowhere.', filtered: {} } as const),
  ...{ nearest: null, wouldFit: null },
});

function drain(cluster: Given, withinMs: number): void {
  ports = simulatedPorts();
  past = false;
  asked = [];
  ended = [];
  replaced = [];
  for (const command of ready('b')) cluster.when(command);
  cluster.when({ type: 'OrderNode', id: 'a', order: { do: 'drain', withinMs, force: false } });
  const scheduler: Scheduler = {
    schedule: async ({ jobs }) => {
      asked.push(...jobs.map(({ job }) => job['id'] ?? ''));
      return { answers: jobs.map(({ job }) => answers[job['id'] ?? ''] ?? answer) };
    },
  };
  const queue: CommandQueue = {
    submit: (async (command: Command) => {
      if (command.type === 'EndDrain') ended.push(command);
      if (command.type === 'ReplaceInstance') replaced.push(command);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  // The state of the deciders serves as the view: nothing here is under way.
  const projection = new Projection(cluster.state as ClusterState, ports);
  const deadline = cluster.state.nodes.get('a')?.draining?.deadline ?? 0;
  const wallMs = (): number => (withinMs === 0 && past ? deadline : deadline - 1);
  const clock = { monotonicMs: () => ports.clock.monotonicMs(), wallMs };
  const process = new Drains(scheduler, queue, () => projection.state) as Process<unknown>;
  loop = new Supervisor([process], projection, { ...ports, clock }, () => {});
  tell = () => projection.announce([], projection.state.head);
  loop.start();
}
