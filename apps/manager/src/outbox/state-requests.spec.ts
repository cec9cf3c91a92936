import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import {
  ack,
  commandTo,
  given,
  plan,
  ready,
  registerNode,
  report,
  restoredAs,
  running,
  type Given,
} from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import { toldIdOf, type ClusterState } from '@oakring/model';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import { DeliveryRecord } from './delivery-record.js';
import { StateRequests } from './state-requests.js';

const farewell: Command = {
  type: 'RecordWorkerStatus',
  nodeId: 'a',
  status: { status: 'offline', incarnation: 1, stopped: true },
  retained: false,
};

const observed = (seen: 'silent' | 'disconnected' | 'lost'): Command => ({
  ...{ type: 'ObserveNode', nodeId: 'a', incarnation: 1, reason: 'r' },
  seen,
});

let ports: SimulatedPorts;
let cluster: Given;
let projection: Projection;
let requests: StateRequests;
let supervisor: Supervisor;
let askedAtMs: number[];

beforeEach(async () => {
  ports = simulatedPorts();
  cluster = running({}, 'a');
  // The state of the deciders serves as the view: nothing here is under way.
  projection = new Projection(cluster.state as ClusterState, ports);
  askedAtMs = [];
  const link = {
    connected: true,
    upSinceMs: 0,
    send: async () => {
      askedAtMs.push(ports.clock.monotonicMs());
      return null;
    },
    onUp: () => {},
    onDown: () => {},
  };
  requests = new StateRequests(
    link,
    () => projection.state,
    new DeliveryRecord(),
    ports,
    () => false,
  );
  supervisor = new Supervisor([requests as Process<unknown>], projection, ports, () => {});
  supervisor.start();
  // Asked as one that is ready: the next time is minutes away.
  await ports.advance(2_000);
  askedAtMs.length = 0;
});
afterEach(() => void supervisor.stop());

describe('When a node is asked for its state', () => {
  /** Node `a` runs job `j`, and is seen as it is since `sinceMs`; it was asked last at `askedMs`. */
  async function scene(happened: readonly Command[], askedMs: number | null) {
    const { state, when } = running({}, 'a');
    for (const command of happened) when(command);
    const time = simulatedPorts();
    const process = requestsOf(state, time);
    if (askedMs !== null) {
      await time.advance(askedMs);
      await process.act([{ key: 'a', step: 'ask' }]);
    }
    const look = (nowMs: number, sinceMs = 0) =>
      process.look('a', state, seenAt(nowMs, { sinceMs, share: 0.5 }));
    return { process, state, time, look };
  }

  it.each<[string, readonly Command[], { asked: number | null; since: number; due: number }]>([
    [
      'ready and was not asked yet: at its share of a second',
      [],
      { asked: null, since: 0, due: 500 },
    ],
    ['ready: every few minutes', [], { asked: 2_000, since: 0, due: 302_000 }],
    ['not ready since it was asked: soon', [farewell], { asked: 2_000, since: 9_000, due: 9_500 }],
    ['not ready: every three seconds', [farewell], { asked: 2_000, since: 1_000, due: 5_000 }],
    [
      'ready and has given up what it had: every three seconds',
      [report('a', {}, { final: true })],
      { asked: 2_000, since: 0, due: 5_000 },
    ],
  ])('is, where it is %s', async (_, happened, { asked, since, due }) => {
    const { look } = await scene(happened, asked);
    expect(look(due - 1, since)).toEqual({ step: null, againMs: due });
    expect(look(due, since)).toEqual({ step: 'ask', againMs: null });
  });

  it('is at once where it registered, or speaks though it is not ready', async () => {
    for (const hear of ['registered', 'heardAgain'] as const) {
      const { process, look } = await scene([farewell], 2_000);
      process[hear]('a');
      expect(look(2_001, 1_000).step).toBe('ask');
    }
  });

  it('is never where it is lost, and not before it speaks', async () => {
    const { look } = await scene(
      (['silent', 'disconnected', 'lost'] as const).map(observed),
      2_000,
    );
    expect(look(86_400_000)).toEqual({ step: null, againMs: null });
  });

  it('is never where its worker does not acknowledge', () => {
    const { state } = given(registerNode('a'));
    expect(requestsOf(state, simulatedPorts()).fact('a', state)).toBeNull();
  });
});

describe('A node that is given up on and speaks', () => {
  it('is asked for its state at once, although it was asked as a ready one a moment ago', async () => {
    decide(farewell);
    requests.heardAgain('a');
    await ports.advance(1);
    expect(askedAtMs).toEqual([2_000]);
  });

  it('is asked at once however recently it was asked while it was silent', async () => {
    decide(farewell);
    await ports.advance(1_000);
    expect(askedAtMs).toHaveLength(1);
    requests.heardAgain('a');
    await ports.advance(1);
    expect(askedAtMs).toHaveLength(2);
  });

  it('is not asked at every word', async () => {
    decide(farewell);
    for (let word = 0; word < 100; word += 1) requests.heardAgain('a');
    await ports.advance(1);
    expect(askedAtMs).toHaveLength(1);
    await ports.advance(3_000);
    for (let word = 0; word < 100; word += 1) requests.heardAgain('a');
    expect(askedAtMs.length).toBeLessThanOrEqual(4);
  });

  it('is ready again with the state that it answers with, and nothing runs twice', () => {
    decide(farewell);
    decide(report('a', { 'j/0/1': 'running' }));
    expect(cluster.state.nodes.get('a')).toMatchObject({ status: 'ready', stopped: false });
    expect(cluster.state.instances.get('j/0')).toMatchObject({ status: 'running', generation: 1 });
  });
});

describe('A node that gives up what it had in a last report, and goes on', () => {
  it('is asked again within a second or so, not minutes later', async () => {
    decide(report('a', {}, { final: true }));
    expect(cluster.state.nodes.get('a')?.status).toBe('ready');
    await ports.advance(1_500);
    expect(askedAtMs).toHaveLength(1);
  });
});

describe('A node that has what a restored ledger does not know', () => {
  beforeEach(async () => {
    restoredAs(cluster);
    for (const command of ready('b')) decide(command);
    decide(report('b', { 'j/1/7': 'running' }));
    expect(cluster.state.nodes.get('b')?.unexpected).toEqual(['j/1/7']);
    await ports.advance(2_000);
    askedAtMs.length = 0;
  });

  it('is asked once that number runs anew, and not before', async () => {
    decide({ type: 'ScaleJob', id: 'j', count: 2 });
    decide(plan('j', 'a'));
    await ports.advance(1_000);
    expect(askedAtMs).toEqual([]);
    decide(report('a', { 'j/0/1': 'running', 'j/1/1001': 'running' }));
    await ports.advance(1);
    expect(askedAtMs).toHaveLength(1);
    const found = cluster.when(report('b', { 'j/1/7': 'running' }));
    expect(found.types).toContain('UnexpectedInstanceFound');
  });

  it('is asked once that number is gone, and as long as it has the thing', async () => {
    decide({ type: 'ScaleJob', id: 'j', count: 2 });
    decide(plan('j', 'a'));
    decide({ type: 'ScaleJob', id: 'j', count: 1 });
    decide({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
    decide(ack('a', toldIdOf(cluster.state, commandTo(cluster, 'a', 'delete')), 'succeeded'));
    expect(cluster.state.instances.get('j/1')).toBeUndefined();
    await ports.advance(1);
    expect(askedAtMs).toHaveLength(1);
    await ports.advance(3_000);
    expect(askedAtMs).toHaveLength(2);
    decide(report('b', {}));
    await ports.advance(10_000);
    expect(askedAtMs).toHaveLength(2);
  });
});

/** Over a link that is up and tells nothing. */
function requestsOf(state: ClusterState, time: SimulatedPorts): StateRequests {
  const link = { connected: true, upSinceMs: 0, send: async () => null };
  const listening = { ...link, onUp: () => {}, onDown: () => {} };
  return new StateRequests(
    listening,
    () => state,
    new DeliveryRecord(),
    time,
    () => false,
  );
}

function decide(command: Command): void {
  projection.announce(cluster.when(command).events, projection.state.head);
}
