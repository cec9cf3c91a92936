import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import { report, running, type Given } from '../testing/given.js';
import type { ClusterState } from '@oakring/model';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import { DeliveryRecord } from './delivery-record.js';
import { StateRequests } from './state-requests.js';

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
  requests = new StateRequests(link, () => projection.state, new DeliveryRecord(), ports);
  supervisor = new Supervisor([requests as Process<unknown>], projection, ports, () => {});
  supervisor.start();
  // Asked as one that is ready: the next time is minutes away.
  await ports.advance(2_000);
  askedAtMs.length = 0;
});
afterEach(() => void supervisor.stop());

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

const farewell: Command = {
  type: 'RecordWorkerStatus',
  nodeId: 'a',
  status: { status: 'offline', incarnation: 1, stopped: true },
  retained: false,
};

function decide(command: Command): void {
  projection.announce(cluster.when(command).events, projection.state.head);
}
