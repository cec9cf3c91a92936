import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Registration } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { ClusterState, type NodeRecord } from '@oakring/model';
import { Projection } from '../views/projection.js';
import { WorkerAdmission } from './worker-admission.js';

const history: Command = {
  ...{ type: 'RecordHistory', nodeId: 'edge-1' },
  history: { incarnation: 1, from: 1, entries: [] },
};

describe('what workers may add to the ledger', () => {
  let ports: SimulatedPorts;
  let projection: Projection;
  let submitted: Command[];
  let admission: WorkerAdmission;

  beforeEach(() => {
    ports = simulatedPorts();
    projection = new Projection(new ClusterState(false), ports);
    submitted = [];
    const queue = {
      submit: (command: Command) => {
        submitted.push(command);
        return Promise.resolve({ status: 'accepted', answer: null, position: 1, repeated: false });
      },
    };
    // It is submitted to only for the record.
    admission = new WorkerAdmission(projection, queue as unknown as CommandQueue, ports, 20_000);
    know('edge-1');
  });

  /** Says it `times`, each adding `appended` bytes; how many were taken. */
  function say(nodeId: string, command: Command, times: number, appended: number): number {
    let taken = 0;
    for (let time = 0; time < times; time += 1) {
      const admitted = admission.admit(nodeId, command, 1_000);
      if (!admitted.ok) continue;
      admitted.value(appended);
      taken += 1;
    }
    return taken;
  }

  function know(id: string): void {
    // Only whether it is there is looked at.
    projection.state.nodes.set(id, { id } as NodeRecord);
  }

  it('is half a mebibyte at once of one node and kind, and then 8 KiB a second', async () => {
    expect(say('edge-1', history, 10_000, 60_000)).toBe(9);
    await ports.advance(60_000);
    const bytes = say('edge-1', history, 10_000, 1_024) * 1_024;
    expect(bytes).toBeLessThanOrEqual(8_192 * 60 + 1_024);
  });

  it('costs nothing for a message that changes nothing, however often it comes', () => {
    expect(say('edge-1', registration('edge-1', 'absent'), 100_000, 0)).toBe(100_000);
  });

  it('leaves a node its own word while others register in its name', () => {
    say('edge-1', registration('edge-1', 'wrong'), 10_000, 500);
    expect(say('edge-1', registration('edge-1', 'absent'), 1, 500)).toBe(0);
    expect(say('edge-1', registration('edge-1', 'valid'), 1, 500)).toBe(1);
    expect(say('edge-1', history, 1, 500)).toBe(1);
  });

  it('lets ten thousand workers join at once, and strangers for ever no more than 64 KiB a second', async () => {
    let joined = 0;
    for (let node = 0; node < 10_000; node += 1) {
      joined += say(`n${node}`, registration(`n${node}`, 'absent'), 1, 700);
    }
    expect(joined).toBe(10_000);
    say('stranger', registration('stranger', 'absent'), 100_000, 700);
    await ports.advance(10_000);
    const bytes = say('stranger', registration('stranger', 'absent'), 100_000, 700) * 700;
    expect(bytes).toBeLessThanOrEqual(65_536 * 10 + 700);
  });

  it('leaves each node a little when others have used up what all may add', async () => {
    const crowd = Array.from({ length: 200 }, (_, number) => `crowd-${number}`);
    for (const id of crowd) know(id);
    const press = (): number =>
      crowd.reduce((bytes, id) => bytes + say(id, history, 130, 4_096) * 4_096, 0);
    press();
    expect(say('edge-1', history, 100, 1_024)).toBe(16);
    let pressed = 0;
    for (let minute = 0; minute < 3; minute += 1) {
      await ports.advance(60_000);
      pressed += press();
      expect(say('edge-1', history, 1, 1_024)).toBe(1);
    }
    expect(pressed).toBeLessThan((524_288 + crowd.length * 128) * 180);
  });

  it('takes no more nodes than may be, those that are joining included', () => {
    for (let node = 1; node < 19_999; node += 1) know(`n${node}`);
    const join = (id: string) => admission.admit(id, registration(id, 'absent'), 100);
    const last = join('last');
    expect(last.ok).toBe(true);
    expect(join('one-more')).toMatchObject({ ok: false, refusal: { code: 'too-many-nodes' } });
    expect(join('edge-1').ok).toBe(true);
  });

  it('is unlimited for acknowledgements: they are as many as orders', () => {
    const ack = { commandId: '1-0', phase: 'received' } as const;
    const command: Command = {
      ...{ type: 'RecordAck', nodeId: 'edge-1' },
      ack: { ...ack, generation: 1, reason: null, incarnation: null },
    };
    expect(say('edge-1', command, 100_000, 300)).toBe(100_000);
  });

  it('says once a minute what was refused, as one event', async () => {
    say('edge-1', history, 1_009, 60_000);
    await ports.advance(60_000);
    expect(submitted).toEqual([
      {
        type: 'RecordRefusals',
        refusals: {
          ...{ registrations: 0, statuses: 0, states: 0, histories: 1_000 },
          ...{ nodes: 1, withinMs: 60_000 },
        },
      },
    ]);
    await ports.advance(600_000);
    expect(submitted).toHaveLength(1);
  });
});

function registration(id: string, token: 'absent' | 'valid' | 'wrong'): Command {
  // What is in it is not looked at.
  return { type: 'RegisterNode', registration: { id } as Registration, token };
}
