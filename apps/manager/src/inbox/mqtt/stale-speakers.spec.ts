import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../../commands/command.js';
import { given, registerNode } from '../../testing/given.js';
import type { NodeRecord } from '../../views/records.js';
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
  const desk = { tellStale: (id: string) => told.push(id) } as unknown as RegistrationDesk;
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
    expect(told).toEqual(['n1']);
    speakers.heard(node, 5);
    expect(told).toEqual(['n1', 'n1']);
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
