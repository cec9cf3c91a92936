import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { running, type Given } from '../testing/given.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import type { ClusterState } from '@oakring/model';
import { Losses } from './losses.js';

let ports: SimulatedPorts;
let declared: Extract<Command, { type: 'DeclareLost' }>[];
let stillTrue: (() => boolean) | undefined;
let mayStep: boolean;
let grantedMs: number | null;
let seenMs: number | null;
let watch: Supervisor;
let projection: Projection;
let cluster: Given;

beforeEach(() => {
  ports = simulatedPorts();
  declared = [];
  mayStep = true;
  grantedMs = null;
  seenMs = 0;
});
afterEach(() => void watch.stop());

describe('An instance on a node that is not ready', () => {
  it('is lost after the patience of its own job, and not before', async () => {
    given({ lostAfterMs: 500 });
    silence();
    await ports.advance(490);
    expect(declared).toEqual([]);
    await ports.advance(70);
    expect(declared[0]).toMatchObject({ nodeId: 'a', placements: ['j/0/1'] });
    expect(stillTrue?.()).toBe(true);
  });

  it('is never lost where its job says so', async () => {
    given({ lostAfterMs: null });
    silence();
    await ports.advance(86_400_000 / 24);
    expect(declared).toEqual([]);
  });

  it('is not lost once its node is back', async () => {
    given({ lostAfterMs: 500 });
    silence();
    await ports.advance(300);
    step('alive');
    await ports.advance(1_000);
    expect(declared).toEqual([]);
  });

  it('is not lost while silence may have no consequences (a storm)', async () => {
    given({ lostAfterMs: 500 });
    mayStep = false;
    silence();
    await ports.advance(5_000);
    expect(declared).toEqual([]);
    mayStep = true;
    await ports.advance(200);
    expect(declared.length).toBeGreaterThan(0);
  });

  it('is judged anew when its turn comes: a word heard meanwhile makes it untrue', async () => {
    given({ lostAfterMs: 500 });
    silence();
    await ports.advance(600);
    seenMs = 590;
    expect(stillTrue?.()).toBe(false);
  });

  it('that must never run twice is lost no sooner than its worker must have killed it', async () => {
    given({ lostAfterMs: 500, stopOnWorkerAfterMs: 10_000 });
    grantedMs = 4_000;
    await ports.advance(4_000);
    silence();
    await ports.advance(14_900);
    expect(declared).toEqual([]);
    await ports.advance(200);
    expect(declared).toHaveLength(1);
  });

  it('that must never run twice counts from when we began to hear: somebody else may have granted', async () => {
    given({ lostAfterMs: 500, stopOnWorkerAfterMs: 10_000 });
    silence();
    await ports.advance(14_900);
    expect(declared).toEqual([]);
    await ports.advance(200);
    expect(declared).toHaveLength(1);
  });
});

function given(onDisconnect: Record<string, unknown>): void {
  cluster = running({ onDisconnect }, 'a');
  // The state of the deciders serves as the view: nothing here is under way.
  projection = new Projection(cluster.state as ClusterState, ports);
  const queue: CommandQueue = {
    submit: (command, _key, asked) => {
      declared.push(command as (typeof declared)[0]);
      stillTrue = asked;
      return new Promise(() => {});
    },
  };
  const losses = new Losses(
    { sinceMs: 0, mayStepPastSuspect: () => mayStep },
    { lastGrantMs: () => grantedMs },
    { lastSeenMonotonicMs: () => seenMs },
    queue,
  );
  watch = new Supervisor([losses as Process<unknown>], projection, ports, () => {});
  watch.start();
}

function silence(): void {
  step('silent');
}

function step(seen: 'silent' | 'alive'): void {
  const { events } = cluster.when({
    ...({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, reason: 'r' } as const),
    seen,
  });
  projection.announce(events, projection.state.head);
}
