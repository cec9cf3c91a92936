import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { given, ready, registerNode, running, type Given } from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import type { ClusterState } from '@oakring/model';
import { Projection } from '../views/projection.js';
import { Sight } from './sight.js';
import { Silence } from './silence.js';
import { Storms } from './storms.js';

const heardLink = {
  upSinceMs: 0,
  onUp: (listener: () => void) => listener(),
  onDown: () => {},
};

const nobodyLate = { comesLate: () => false, awayMs: 0 };

let ports: SimulatedPorts;
let cluster: Given;
let projection: Projection;
let table: TelemetryTable;
let silence: Silence;
let watch: Supervisor;

beforeEach(() => {
  ports = simulatedPorts();
  cluster = given();
  // The state of the deciders serves as the view: nothing here is under way.
  projection = new Projection(cluster.state as ClusterState, ports);
  table = new TelemetryTable(ports);
  const queue: CommandQueue = {
    submit: (async (
      command: Command,
      _origin: unknown,
      _key: unknown,
      stillTrue?: () => boolean,
    ) => {
      if (stillTrue?.() !== false) decide(command);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  const state = () => projection.state;
  const sight = new Sight(heardLink, ports.clock, table, state, nobodyLate);
  silence = new Silence(sight, table, queue, state, ports.clock);
  const processes = [new Storms(sight, queue), silence] as unknown as Process<unknown>[];
  watch = new Supervisor(processes, projection, ports, () => {});
  watch.start();
});
afterEach(() => void watch.stop());

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

describe('A node whose connections break again and again while it speaks', () => {
  it('is suspected for that no more often than its silence would be noticed', async () => {
    for (const command of ready('a')) decide(command);
    const seen: string[] = [];
    for (let tenth = 0; tenth < 300; tenth += 1) {
      silence.connectionLost('a');
      if (node()?.status === 'suspect') seen.push(String(node()?.reason));
      decide(speaks);
      table.touch('a');
      await ports.advance(100);
    }
    expect(seen).toEqual(Array(5).fill('its connection broke'));
  });

  it('begins anew once it was forgotten', async () => {
    for (const command of ready('a')) decide(command);
    silence.connectionLost('a');
    await ports.advance(1);
    const order = { do: 'forget', reason: 'ordered', force: true } as const;
    decide({ type: 'OrderNode', id: 'a', order });
    for (const command of ready('a')) decide(command);
    silence.connectionLost('a');
    await ports.advance(1);
    expect(node()?.status).toBe('suspect');
  });
});

describe('Nodes that carry nothing', () => {
  it('go their way when they fall silent together: that is no storm', async () => {
    for (const id of ['a', 'b', 'c', 'd']) for (const command of ready(id)) decide(command);
    await ports.advance(18_000);
    expect(node()?.status).toBe('disconnected');
  });
});

describe('Nodes that carry something and fall silent together', () => {
  /** Five of six have been suspect since they were seen, at 0; it is 20 s later. */
  async function many() {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { state, when } = running({}, ...ids);
    const time = simulatedPorts();
    const readings = new TelemetryTable(time);
    const sight = new Sight(heardLink, time.clock, readings, () => state, nobodyLate);
    for (const id of ids.slice(1)) {
      when({ ...{ type: 'ObserveNode', nodeId: id, incarnation: 1, reason: 'r' }, seen: 'silent' });
      const node = state.nodes.get(id);
      if (node !== undefined) sight.guard.note(node);
    }
    await time.advance(20_000);
    const queue = {} as CommandQueue;
    const process = new Silence(sight, readings, queue, () => state, time.clock);
    const look = () => process.look('b', state, seenAt(20_000, { sinceMs: 0 }));
    return { sight, process, look };
  }

  it('begin a storm with a step, and not by being looked at', async () => {
    const { sight, process, look } = await many();
    for (const _ of [1, 2]) expect(look()).toEqual({ step: 'storm', againMs: 20_250 });
    expect(sight.guard.isStorm).toBe(false);
    expect(await process.act([{ key: 'b', step: 'storm' }])).toBe('settled');
    expect(sight.guard.isStorm).toBe(true);
    expect(look()).toEqual({ step: null, againMs: 20_250 });
  });

  it('begin one storm, however many of them ask for it', async () => {
    const { sight, process } = await many();
    let turns = 0;
    sight.onTurn(() => (turns += 1));
    for (const key of ['b', 'c', 'd']) await process.act([{ key, step: 'storm' }]);
    expect(turns).toBe(1);
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

const speaks: Command = {
  type: 'ObserveNode',
  nodeId: 'a',
  incarnation: 1,
  seen: 'alive',
  reason: 'sent a reading',
};

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
