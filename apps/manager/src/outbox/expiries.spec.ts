import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import {
  ack,
  commandTo,
  given,
  plan,
  ready,
  report,
  submitJob,
  type Given,
} from '../testing/given.js';
import type { ClusterState } from '@oakring/model';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import { orderValidMs } from './order-validity.js';
import { Expiries } from './expiries.js';

let ports: SimulatedPorts;
let cluster: Given;
let expiries: Expiries;
let watch: Supervisor;
let stillTrue: (() => boolean) | undefined;
let expired: string[];
let why: string;
let tell: (command: Command) => void;
const link: { upSinceMs: number | null } = { upSinceMs: 0 };

beforeEach(() => {
  ports = simulatedPorts();
  expired = [];
  link.upSinceMs = 0;
  cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
  const queue: CommandQueue = {
    submit: (command: Command, _key, asked) => {
      if (command.type === 'ExpireCommand') {
        expired.push(command.commandId);
        why = command.reason;
      }
      stillTrue = asked;
      return new Promise(() => {});
    },
  };
  // The state of the deciders serves as the view: nothing here is under way.
  const projection = new Projection(cluster.state as ClusterState, ports);
  expiries = new Expiries(link, queue, ports.clock);
  watch = new Supervisor([expiries as Process<unknown>], projection, ports, () => {});
  tell = (command) => projection.announce(cluster.when(command).events, cluster.state.head);
  watch.start();
});
afterEach(() => void watch.stop());

const id = commandTo(given(...ready('a'), submitJob('j'), plan('j', 'a')), 'a', 'deploy');

describe('An order to start that comes to nothing', () => {
  it('expires when nothing is heard of it for long enough', async () => {
    await ports.advance(orderValidMs - 2_000);
    expect(expired).toEqual([]);
    await ports.advance(4_000);
    expect(expired).toEqual([id]);
    expect(stillTrue?.()).toBe(true);
  });

  it('is renewed by every word of progress, even one that comes while the log stalls', async () => {
    await ports.advance(orderValidMs - 2_000);
    expiries.renew(id, cluster.state);
    await ports.advance(4_000);
    expect(expired).toEqual([]);
    await ports.advance(orderValidMs);
    expect(expired).toEqual([id]);
    await ports.advance(10);
    expiries.renew(id, cluster.state);
    expect(stillTrue?.()).toBe(false);
  });

  it('expires when it is received again and again, and its worker’s own state denies it', async () => {
    tell(ack('a', id, 'received'));
    for (let passedMs = 0; passedMs < 80_000; passedMs += 20_000) {
      expect(expired).toEqual([]);
      await ports.advance(20_000);
      tell(report('a', {}, { proves: true }));
      tell(ack('a', id, 'received'));
    }
    await ports.advance(1_000);
    expect(expired).toEqual([id]);
    expect(why).toBe('a received it, and its own complete state has been without it for 60 s');
  });

  it('goes on after one denial, and after any word of progress', async () => {
    tell(ack('a', id, 'received'));
    tell(report('a', {}, { proves: true }));
    tell(ack('a', id, 'received'));
    await ports.advance(orderValidMs - 2_000);
    expiries.renew(id, cluster.state);
    tell(report('a', {}, { proves: true }));
    await ports.advance(4_000);
    expect(expired).toEqual([]);
  });

  it('does not expire while we are cut off from the broker, nor right after', async () => {
    link.upSinceMs = null;
    await ports.advance(2 * orderValidMs);
    link.upSinceMs = ports.clock.monotonicMs();
    await ports.advance(orderValidMs - 2_000);
    expect(expired).toEqual([]);
    await ports.advance(4_000);
    expect(expired).toEqual([id]);
  });

  it('does not expire while its node is away', async () => {
    const about = { type: 'ObserveNode', nodeId: 'a', incarnation: 1 } as const;
    tell({ ...about, seen: 'silent', reason: 'r' });
    await ports.advance(2 * orderValidMs);
    expect(expired).toEqual([]);
  });
});
