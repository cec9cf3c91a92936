import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Refusal } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../../commands/command.js';
import { given, registerNode } from '../../testing/given.js';
import type { NodeRecord } from '@oakring/model';
import type { RegistrationDesk } from './registration-desk.js';
import { StaleSpeakers } from './stale-speakers.js';

let ports: SimulatedPorts;
let told: string[];
let submitted: Command[];
let speakers: StaleSpeakers;
let node: NodeRecord;

beforeEach(() => {
  ports = simulatedPorts();
  told = [];
  submitted = [];
  // What is used of them here.
  const tell = (id: string, { code }: Refusal): unknown => told.push(`${id} ${code}`);
  const desk = { tell } as unknown as RegistrationDesk;
  const queue = {
    submit: async (command: Command) => submitted.push(command),
  } as unknown as CommandQueue;
  speakers = new StaleSpeakers(desk, queue, ports);
  const found = given(registerNode('n1', { incarnation: 6 })).state.nodes.get('n1');
  if (found === undefined) throw new Error('it was registered');
  node = found;
});

describe('A start that its node has left behind', () => {
  it('is told at once, and however much it says, not more often than every ten seconds', async () => {
    for (let reading = 0; reading < 5; reading += 1) {
      speakers.heard(node, 5);
      await ports.advance(2_000);
    }
    expect(told).toEqual(['n1 incarnation-stale']);
    speakers.heard(node, 5);
    expect(told).toEqual(['n1 incarnation-stale', 'n1 incarnation-stale']);
  });

  it('is on record only when it speaks on after it was told', async () => {
    speakers.heard(node, 5);
    expect(submitted).toEqual([]);
    await ports.advance(10_000);
    speakers.heard(node, 5);
    expect(submitted).toEqual([{ type: 'RecordRival', nodeId: 'n1', incarnation: 5 }]);
  });

  it('is not taken for one that has not registered yet', () => {
    speakers.heard(node, 7);
    expect(told).toEqual([]);
  });
});

describe('A worker whose node nobody knows (it was forgotten, or the ledger begun anew)', () => {
  it('is told so when it speaks, every ten seconds', async () => {
    for (let reading = 0; reading < 6; reading += 1) {
      speakers.heardUnknown('x');
      await ports.advance(2_000);
    }
    expect(told).toEqual(['x node-unknown', 'x node-unknown']);
    expect(submitted).toEqual([]);
  });

  it('is one of fifty a second, however many ids are made up', async () => {
    for (let made = 0; made < 20_000; made += 1) speakers.heardUnknown(`x${made}`);
    expect(told).toHaveLength(1_000);
    await ports.advance(1_000);
    for (let made = 0; made < 20_000; made += 1) speakers.heardUnknown(`y${made}`);
    expect(told).toHaveLength(1_050);
  });
});
