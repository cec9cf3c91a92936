import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { given, orderInstance, registerNode, report, running } from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import type { ClusterState, PlacementRecord } from '@oakring/model';
import { Losses } from './losses.js';

interface Known {
  /** Null: none since we began to hear, at 0. */
  grantedMs: number | null;
  seenMs: number;
  saysNothing: boolean;
  verdict: 'may' | 'not yet' | 'storm';
}

/** Job `j` runs on node `a`, which is silent. */
function scene(onDisconnect: Record<string, unknown>, more: Partial<Known> = {}) {
  const known: Known = {
    ...{ grantedMs: null, seenMs: 0, saysNothing: false, verdict: 'may' as const },
    ...more,
  };
  const cluster = running({ onDisconnect }, 'a');
  const observe = (seen: 'silent' | 'alive') =>
    cluster.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen, reason: 'r' });
  observe('silent');
  const declared: Command[] = [];
  let stillTrue: (() => boolean) | undefined;
  const queue: CommandQueue = {
    submit: (async (command: Command, _origin: unknown, _key: unknown, asked?: () => boolean) => {
      declared.push(command);
      stillTrue = asked;
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  let storms = 0;
  const sight = {
    sinceMs: 0,
    verdictOn: () => known.verdict,
    beginStorm: () => {
      storms += 1;
      return 'settled' as const;
    },
  };
  const life = { lastSeenMonotonicMs: () => known.seenMs };
  const grants = { lastGrantMs: () => known.grantedMs };
  const losses = new Losses(sight, grants, life, queue, () => known.saysNothing);
  const look = (nowMs: number, sinceMs = 0) =>
    losses.look('a', cluster.state, seenAt(nowMs, { sinceMs }));
  const act = async (nowMs: number): Promise<void> => {
    const { step } = look(nowMs);
    if (step !== null) await losses.act([{ key: 'a', step }]);
  };
  return {
    ...{ cluster, losses, known, declared, observe, look, act },
    isStillTrue: () => stillTrue?.(),
    storms: () => storms,
  };
}

const leased = { lostAfterMs: 500, stopOnWorkerAfterMs: 10_000 };

describe('An instance on a node that is not ready', () => {
  it.each([
    ['lost after the patience of its own job', { lostAfterMs: 500 }, null, 500],
    ['never lost where its job says so', { lostAfterMs: null }, null, null],
    [
      'that must never run twice is lost no sooner than its worker must have killed it',
      ...([leased, 4_000, 19_000] as const),
    ],
    [
      'that must never run twice counts from when we began to hear: somebody else may have granted',
      ...([leased, null, 15_000] as const),
    ],
  ])('is %s, and not before', (_, onDisconnect, grantedMs, lostAtMs) => {
    const { look } = scene(onDisconnect, { grantedMs });
    const step = (atMs: number) => ({ placements: ['j/0/1'], silentMs: atMs });
    expect(look((lostAtMs ?? 86_400_000) - 1).step).toBeNull();
    if (lostAtMs !== null) expect(look(lostAtMs).step).toEqual(step(lostAtMs));
  });

  it('is lost after its patience from the last message of a worker that says nothing else', async () => {
    const { look, act, declared } = scene(
      { lostAfterMs: 20_000 },
      { saysNothing: true, seenMs: 4_000 },
    );
    expect(look(23_999, 10_000).step).toBeNull();
    expect(look(24_000, 10_000).step).toMatchObject({ silentMs: 20_000 });
    await act(24_000);
    expect(declared).toMatchObject([{ reason: 'node a was last heard of 24.0 s ago' }]);
  });

  it('is lost after its patience from when it was not ready any more, if it speaks since', () => {
    const { look } = scene({ lostAfterMs: 20_000 }, { saysNothing: true, seenMs: 15_000 });
    expect(look(29_999, 10_000).step).toBeNull();
    expect(look(30_000, 10_000).step).not.toBeNull();
  });

  it('is looked at again when its patience is over, and once a second until then', () => {
    const { look } = scene({ lostAfterMs: 1_500 });
    expect(look(0).againMs).toBe(1_000);
    expect(look(1_000).againMs).toBe(1_500);
  });

  it('is nothing to judge once its node is back', () => {
    const { cluster, losses, observe } = scene({ lostAfterMs: 500 });
    expect(losses.fact('a', cluster.state)).toBe('absent');
    observe('alive');
    expect(losses.fact('a', cluster.state)).toBeNull();
  });

  it('is not lost while silence may have no consequences (a storm)', () => {
    const { look } = scene({ lostAfterMs: 500 }, { verdict: 'not yet' });
    expect(look(5_000)).toEqual({ step: null, againMs: 5_050 });
  });

  it('is not lost where too many are silent: that begins a storm', async () => {
    const { look, act, storms, declared } = scene({ lostAfterMs: 500 }, { verdict: 'storm' });
    expect(look(5_000).step).toBe('storm');
    expect(storms()).toBe(0);
    await act(5_000);
    expect(storms()).toBe(1);
    expect(declared).toEqual([]);
  });

  it.each([
    ['a word heard meanwhile', { seenMs: 590 }],
    ['a storm', { verdict: 'storm' as const }],
  ])('is judged anew when its turn comes: %s makes it untrue', async (_, change) => {
    const { act, known, declared, isStillTrue } = scene({ lostAfterMs: 500 });
    await act(600);
    const reason = 'node a was not ready for 0.6 s';
    expect(declared).toEqual([{ type: 'DeclareLost', nodeId: 'a', placements: ['j/0/1'], reason }]);
    expect(isStillTrue()).toBe(true);
    Object.assign(known, change);
    expect(isStillTrue()).toBe(false);
  });

  it('is found lost by itself, while its node stays away', async () => {
    const { cluster, losses, declared } = scene({ lostAfterMs: 500 });
    const ports = simulatedPorts();
    // The state of the deciders serves as the view: nothing here is under way.
    const projection = new Projection(cluster.state as ClusterState, ports);
    const watch = new Supervisor([losses as Process<unknown>], projection, ports, () => {});
    watch.start();
    await ports.advance(490);
    expect(declared).toEqual([]);
    await ports.advance(70);
    expect(declared).toHaveLength(1);
    await watch.stop();
  });
});

describe('An instance that was taken over from another orchestrator', () => {
  const onDisconnect = { lostAfterMs: 20_000 };
  const node = registerNode('a', { acknowledges: true });
  const takenOver = () =>
    given(node, {
      ...orderInstance('j', 0, { onDisconnect }),
      ...{ type: 'TakeOverInstance', nodeId: 'a', hasCompleted: false },
    });
  const lostAtMs = (cluster: ReturnType<typeof given>) => {
    const seen = { type: 'ObserveNode', nodeId: 'a', seen: 'silent', reason: 'r' } as const;
    const { incarnation = 1 } = cluster.state.nodes.get('a') ?? {};
    cluster.when({ ...seen, incarnation });
    const sight = {
      ...{ sinceMs: 0, verdictOn: () => 'may' as const, beginStorm: () => 'settled' as const },
    };
    const silent = { lastSeenMonotonicMs: () => 0 };
    const queue = {} as CommandQueue;
    const losses = new Losses(sight, { lastGrantMs: () => null }, silent, queue, () => true);
    const isLost = (nowMs: number) => losses.look('a', cluster.state, seenAt(nowMs)).step !== null;
    return [20_000, 605_000].find((atMs) => !isLost(atMs - 1) && isLost(atMs));
  };

  it('is waited for as long as its worker stays away from a broker that was away', () => {
    expect(lostAtMs(takenOver())).toBe(605_000);
  });

  it('is one like any other where it was ordered here, long before orders had digests', () => {
    const cluster = takenOver();
    const { placements } = cluster.state;
    const { takenOver: _, ...ordered } = placements.get('j/0/1') ?? {};
    placements.set('j/0/1', ordered as PlacementRecord);
    expect(lostAtMs(cluster)).toBe(20_000);
  });

  it('is one like any other once its worker has confirmed it, or starts anew', () => {
    const confirmed = takenOver();
    confirmed.when(report('a', { 'j/0/1': 'running' }));
    const anew = takenOver();
    anew.when({ ...node, startsAnew: true });
    expect([confirmed, anew].map(lostAtMs)).toEqual([20_000, 20_000]);
  });
});
