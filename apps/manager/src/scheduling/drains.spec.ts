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
import { seenAt } from '../testing/seen.js';
import type { ClusterState } from '@oakring/model';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import { Drains } from './drains.js';
import type { Scheduler } from './scheduler.port.js';

let ports: SimulatedPorts;
let loop: Supervisor | null = null;
let asked: string[];
let ended: Extract<Command, { type: 'EndDrain' }>[];
let replaced: Extract<Command, { type: 'ReplaceInstance' }>[];
let answer: ReturnType<typeof proposal>;
/** What the scheduler says of some jobs instead. */
let answers: Readonly<Record<string, typeof answer>> = {};
/** Whether the deadline of a drain without any time has come. */
let past = false;

beforeEach(() => {
  answer = proposal(['b']);
  answers = {};
});
afterEach(() => void loop?.stop());

describe('What there is to do for a node that is drained', () => {
  it('is to move what runs there, and not what runs to its end by itself', () => {
    const cluster = running({ count: 2 }, 'a', 'a');
    cluster.when(submitJob('once', { one_shot: true }));
    cluster.when(plan('once', 'a'));
    acknowledgeAll(cluster);
    const { look } = draining(cluster);
    const { step, againMs } = look(-1);
    expect(step).toMatchObject({ do: 'move', room: 10 });
    expect(instancesIn(step)).toEqual(['j/0', 'j/1']);
    expect(againMs).toBe(1_001);
  });

  it('is ten moves at once at most', () => {
    const cluster = running({ ...tiny, count: 11 }, ...Array.from({ length: 11 }, () => 'a'));
    for (const command of ready('b')) cluster.when(command);
    const { look } = draining(cluster);
    for (let moved = 0; moved < 10; moved += 1) {
      expect(look(-1).step).toMatchObject({ do: 'move', room: 10 - moved });
      move(cluster, moved, 'b');
    }
    expect(look(-1).step).toBeNull();
  });

  it.each<[string, () => Given, ((cluster: Given) => void)[]]>([
    [
      'what is being moved to it',
      () => {
        const cluster = running({}, 'b');
        for (const command of ready('a')) cluster.when(command);
        move(cluster, 0, 'a');
        return cluster;
      },
      [],
    ],
    [
      'what must never run twice and was withdrawn',
      () => {
        const cluster = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
        withdrawFrom(cluster, 'a');
        return cluster;
      },
      [orderStops, acknowledgeAll],
    ],
    [
      'the last one that was moved away, until it has ended there',
      () => {
        const cluster = running({}, 'a');
        for (const command of ready('b')) cluster.when(command);
        move(cluster, 0, 'b');
        acknowledgeAll(cluster);
        return cluster;
      },
      [orderStops, acknowledgeAll],
    ],
  ])('is nothing, and not the end, while there is %s', (_, given, steps) => {
    const cluster = given();
    const { look } = draining(cluster);
    for (const step of steps) {
      expect(look(-1).step).toBeNull();
      step(cluster);
    }
    const ends = { do: 'end', outcome: 'done', reason: 'every instance runs elsewhere or ended' };
    expect(look(-1).step).toEqual(steps.length > 0 ? ends : null);
  });

  it('is to say at the deadline what is left, and not before', () => {
    const { look } = draining(running({}, 'a'));
    expect(look(-1).step).toMatchObject({ do: 'move' });
    const left = { do: 'end', outcome: 'incomplete', reason: 'left at the deadline: j/0' };
    expect(look(0)).toEqual({ step: left, againMs: null });
  });
});

describe('A drain', () => {
  it('moves what can be moved, however much fits nowhere else', async () => {
    const cluster = running({ ...tiny, count: 120 }, ...Array.from({ length: 120 }, () => 'a'));
    cluster.when(submitJob('web', tiny));
    cluster.when(plan('web', 'a'));
    acknowledgeAll(cluster);
    answers = { j: nowhere };
    drain(cluster, 3_600_000);
    await ports.advance(120_000);
    expect(asked).toContain('web');
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

const tiny = { resources: { cpuMillis: 1, memoryMiB: 1 } };

/** Node `a` is drained; looks at it so long after its deadline, milliseconds. */
function draining(cluster: Given) {
  const order = { do: 'drain', withinMs: 3_600_000, force: false } as const;
  cluster.when({ type: 'OrderNode', id: 'a', order });
  const deadline = cluster.state.nodes.get('a')?.draining?.deadline ?? 0;
  const process = new Drains({} as Scheduler, {} as CommandQueue, () => cluster.state);
  const look = (afterMs: number) =>
    process.look('a', cluster.state, seenAt(1_000, { wallMs: deadline + afterMs }));
  return { look };
}

function move(cluster: Given, instance: number, nodeId: string): void {
  const target = { nodeId, reason: 'r', total: 1, scores: {} };
  const about = { type: 'MoveInstance', id: 'j', instance, generation: 1 } as const;
  cluster.when({ ...about, target, basis: null });
}

function instancesIn(step: ReturnType<Drains['look']>['step']): string[] {
  if (step?.do !== 'move') return [];
  return step.instances.map(({ job, number }) => `${job}/${number}`).sort();
}

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
  loop.start();
}
