import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { given, ready, registerNode, type Given } from '../testing/given.js';
import type { ClusterState } from '../views/cluster-state.js';
import { Projection } from '../views/projection.js';
import { SilenceWatch } from './silence-watch.js';

let ports: SimulatedPorts;
let cluster: Given;
let projection: Projection;
let table: TelemetryTable;
let watch: SilenceWatch;

beforeEach(() => {
  ports = simulatedPorts();
  cluster = given();
  // The state of the deciders serves as the view: nothing here is under way.
  projection = new Projection(cluster.state as ClusterState, ports);
  table = new TelemetryTable(ports);
  const queue: CommandQueue = {
    submit: (async (command: Command, _key: unknown, stillTrue?: () => boolean) => {
      if (stillTrue?.() !== false) decide(command);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  const link = { onUp: (listener: () => void) => listener(), onDown: () => {} };
  watch = new SilenceWatch(link, table, queue, projection, ports);
  watch.start();
});
afterEach(() => watch.stop());

describe('A node that has just registered, whichever way', () => {
  it('counts as heard at that moment, and is not silent before three periods', async () => {
    await ports.advance(108_000);
    decide(registerNode('a', { acknowledges: true }));
    await ports.advance(5_500);
    expect(node()).toMatchObject({ status: 'registered' });
    await ports.advance(1_000);
    expect(node()).toMatchObject({ status: 'suspect', reason: 'no message for 6 s' });
  });
});

describe('Why a node is lost', () => {
  it('is its silence, where it was silent', async () => {
    for (const command of ready('a')) decide(command);
    await ports.advance(60_000);
    expect(node()).toMatchObject({
      status: 'lost',
      reason: 'silent for 30 s since it was suspect',
    });
  });

  it('is its worker’s own word, where it said that it stops', async () => {
    for (const command of ready('a')) decide(command);
    decide(farewell);
    expect(node()?.reason).toBe('its worker said that it stops');
    await ports.advance(40_000);
    expect(node()).toMatchObject({
      status: 'lost',
      reason: 'its worker said 30 s ago that it stops',
    });
  });

  it('is never silence, where it speaks and does not report what it has', async () => {
    for (const command of ready('a')) decide(command);
    decide(farewell);
    for (let second = 0; second < 40; second += 1) {
      table.touch('a');
      await ports.advance(1_000);
    }
    expect(node()?.status).toBe('lost');
    expect(node()?.reason).toMatch(
      /^30 s ago its worker said that it stops, and has not reported its state since, though/,
    );
  });
});

const farewell: Command = {
  type: 'RecordWorkerStatus',
  nodeId: 'a',
  status: { status: 'offline', incarnation: 1, stopped: true },
  retained: false,
};

function decide(command: Command): void {
  projection.announce(cluster.when(command).events, projection.state.head);
}

function node() {
  return cluster.state.nodes.get('a');
}
