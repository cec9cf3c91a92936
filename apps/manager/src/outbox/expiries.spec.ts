import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { ack, commandTo, given, plan, ready, report, submitJob } from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import type { ClusterState } from '@oakring/model';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import { orderValidMs } from './order-validity.js';
import { Expiries } from './expiries.js';

/** An order to start job `j` on node `a`, issued; everything is so since 0. */
function scene() {
  const cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
  const id = commandTo(cluster, 'a', 'deploy');
  const link: { upSinceMs: number | null } = { upSinceMs: 0 };
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const expired: { commandId: string; reason: string; stillTrue?: () => boolean }[] = [];
  const queue: CommandQueue = {
    submit: (async (
      command: Command,
      _origin: unknown,
      _key: unknown,
      stillTrue?: () => boolean,
    ) => {
      if (command.type === 'ExpireCommand') {
        expired.push({ ...command, ...(stillTrue === undefined ? {} : { stillTrue }) });
      }
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  const expiries = new Expiries(link, queue, clock);
  const look = (nowMs: number, times: Readonly<Record<string, number>> = {}) => {
    const since = (what: string): number => times[what] ?? 0;
    return expiries.look(id, cluster.state, seenAt(nowMs, { sinceMs: 0, since }));
  };
  /** The worker says that it goes on. */
  const renew = (atMs: number): void => {
    clock.nowMs = atMs;
    expiries.renew(id, cluster.state);
  };
  const deny = (): void => {
    cluster.when(report('a', {}, { proves: true }));
    cluster.when(ack('a', id, 'received'));
  };
  return { cluster, id, link, clock, queue, expired, expiries, look, renew, deny };
}

type Scene = ReturnType<typeof scene>;
interface Due {
  readonly atMs: number;
  readonly why: string;
}
const silent: Command = {
  ...{ type: 'ObserveNode', nodeId: 'a', incarnation: 1, reason: 'r' },
  seen: 'silent',
};

describe('An order to start that comes to nothing', () => {
  it.each<[string, (scene: Scene) => void, Record<string, number>, Due]>([
    [
      'was not received',
      () => {},
      {},
      { atMs: orderValidMs, why: 'a did not receive it within 5 minutes' },
    ],
    [
      'was received, and nothing followed',
      ({ cluster, id }) => cluster.when(ack('a', id, 'received')),
      { received: 7_000 },
      { atMs: 7_000 + orderValidMs, why: 'a received it and said nothing more for 5 minutes' },
    ],
    [
      'went on, and then no more',
      ({ renew }) => renew(200_000),
      {},
      { atMs: 200_000 + orderValidMs, why: 'a did not receive it within 5 minutes' },
    ],
    [
      'could not be heard of for long',
      ({ link }) => (link.upSinceMs = 900_000),
      {},
      { atMs: 900_000 + orderValidMs, why: 'a did not receive it within 5 minutes' },
    ],
    [
      'was denied once',
      ({ cluster, id, deny }) => {
        cluster.when(ack('a', id, 'received'));
        deny();
      },
      { 'denied, but for 0': 20_000, 'denied 1 times': 20_000 },
      {
        atMs: 20_000 + orderValidMs,
        why: 'a received it, and its own complete state has been without it for 300 s',
      },
    ],
    [
      'was denied again a minute later',
      ({ cluster, id, deny }) => {
        cluster.when(ack('a', id, 'received'));
        deny();
        deny();
      },
      { 'denied, but for 0': 20_000, 'denied 2 times': 80_000 },
      {
        atMs: 80_000,
        why: 'a received it, and its own complete state has been without it for 60 s',
      },
    ],
    [
      'was denied again, sooner than a minute later',
      ({ cluster, id, deny }) => {
        cluster.when(ack('a', id, 'received'));
        deny();
        deny();
      },
      { 'denied, but for 0': 20_000, 'denied 2 times': 79_999 },
      {
        atMs: 20_000 + orderValidMs,
        why: 'a received it, and its own complete state has been without it for 300 s',
      },
    ],
    [
      'was denied, and went on after that',
      ({ cluster, id, deny, renew }) => {
        cluster.when(ack('a', id, 'received'));
        deny();
        renew(200_000);
      },
      {},
      { atMs: 200_000 + orderValidMs, why: 'a received it and said nothing more for 5 minutes' },
    ],
  ])('expires when it %s, and not before', (_, happen, times, due) => {
    const here = scene();
    happen(here);
    expect(here.look(due.atMs - 1, times)).toEqual({ step: null, againMs: due.atMs });
    expect(here.look(due.atMs, times).step).toMatchObject({ reason: due.why });
  });

  it.each<[string, (scene: Scene) => void]>([
    ['we are cut off from the broker', ({ link }) => (link.upSinceMs = null)],
    ['its node is away', ({ cluster }) => cluster.when(silent)],
  ])('does not expire while %s', (_, happen) => {
    const here = scene();
    happen(here);
    const nowMs = 2 * orderValidMs;
    expect(here.look(nowMs)).toEqual({ step: null, againMs: nowMs + 1_000 });
  });

  it('goes on after all when a word of it comes while the log stalls', async () => {
    const { look, expiries, id, expired, renew } = scene();
    const { step } = look(orderValidMs);
    if (step === null) throw new Error('nothing expires');
    await expiries.act([{ key: id, step }]);
    expect(expired).toMatchObject([{ commandId: id }]);
    expect(expired[0]?.stillTrue?.()).toBe(true);
    renew(orderValidMs + 10);
    expect(expired[0]?.stillTrue?.()).toBe(false);
  });

  it('is none any more once it has ended: words about it are not kept', () => {
    const { cluster, expiries, id, look, renew } = scene();
    renew(200_000);
    cluster.when(ack('a', id, 'succeeded'));
    expect(expiries.fact(id, cluster.state)).toBeNull();
    // Looking forgets nothing: who looks says when it is gone.
    expect(look(1).againMs).toBe(200_000 + orderValidMs);
    expiries.forget(id);
    expect(look(1).againMs).toBe(orderValidMs);
  });

  it('expires by itself where its worker receives it again and again, and never has it', async () => {
    const { cluster, id, queue, expired, deny } = scene();
    const ports = simulatedPorts();
    // The state of the deciders serves as the view: nothing here is under way.
    const projection = new Projection(cluster.state as ClusterState, ports);
    const link = { upSinceMs: 0 };
    const expiries = new Expiries(link, queue, ports.clock) as Process<unknown>;
    const watch = new Supervisor([expiries], projection, ports, () => {});
    cluster.when(ack('a', id, 'received'));
    watch.start();
    for (let passedMs = 0; passedMs < 80_000; passedMs += 20_000) {
      expect(expired).toEqual([]);
      await ports.advance(20_000);
      deny();
      projection.announce([], cluster.state.head);
    }
    await ports.advance(1_000);
    expect(expired[0]).toMatchObject({
      commandId: id,
      reason: 'a received it, and its own complete state has been without it for 60 s',
    });
    await watch.stop();
  });
});
