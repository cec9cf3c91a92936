import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { simulatedPorts } from '@oakring/ports';
import type { CommandQueue, Outcome } from '../../commands/command.js';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { ClusterState } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { WorkerAdmission } from '../worker-admission.js';
import { CommandIntake } from './command-intake.js';

Logger.overrideLogger(false);

const message = {
  nodeId: 'edge-1',
  topic: 'nodes/edge-1/acks',
  payload: Buffer.from('{}'),
  retained: false,
};
const command = { type: 'RecordDelivery', commandId: '7-0' } as const;

describe('the command intake', () => {
  it('makes the next message wait while 4 096 commands are undecided', async () => {
    const decisions: (() => void)[] = [];
    const { intake } = await intakeOn(
      () =>
        new Promise((resolve) => {
          decisions.push(() => resolve(accepted));
        }),
    );
    for (let count = 0; count < 4_095; count += 1) await intake.submit(message, command, () => {});
    let hasRoom = false;
    const room = intake.submit(message, command, () => {}).then(() => (hasRoom = true));
    await Promise.resolve();
    expect(decisions).toHaveLength(4_096);
    expect(hasRoom).toBe(false);
    decisions[0]?.();
    await room;
    expect(hasRoom).toBe(true);
  });

  it('makes the next message wait while 16 MiB of messages are undecided', async () => {
    const decisions: (() => void)[] = [];
    const { intake } = await intakeOn(
      () => new Promise((resolve) => decisions.push(() => resolve(accepted))),
    );
    const large = { ...message, payload: Buffer.alloc(65_536) };
    for (let count = 1; count < 256; count += 1) await intake.submit(large, command, () => {});
    let hasRoom = false;
    const room = intake.submit(large, command, () => {}).then(() => (hasRoom = true));
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    decisions[0]?.();
    await room;
    expect(decisions).toHaveLength(256);
  });

  it('tells the outcome, and keeps a refused one as a dead letter', async () => {
    const refusal = { code: 'command-unknown', detail: 'never given' } as const;
    const { intake, deadLetters } = await intakeOn(() =>
      Promise.resolve({ status: 'refused', refusal, position: 3 }),
    );
    const outcome = await new Promise<Outcome<null>>(
      (resolve) => void intake.submit(message, command, resolve),
    );
    expect(outcome.status).toBe('refused');
    expect(deadLetters.list()).toMatchObject([{ code: 'command-unknown', reason: 'never given' }]);
  });

  it.each([
    [new OakringError({ code: 'overloaded', detail: 'full' }), 'overloaded'],
    [new OakringError({ code: 'log-unavailable', detail: 'disk' }), 'log-unavailable'],
    [new TypeError('a bug'), 'internal'],
  ])('keeps a message that nothing was decided about: %s', async (error, code) => {
    const { intake, deadLetters, ports } = await intakeOn(() => Promise.reject(error));
    let settled = false;
    await intake.submit(message, command, () => (settled = true));
    await ports.advance(0);
    expect(settled).toBe(false);
    expect(deadLetters.list()).toMatchObject([{ code, reason: error.message }]);
  });
});

const accepted: Outcome<null> = { status: 'accepted', answer: null, position: 1, repeated: false };

async function intakeOn(decide: () => Promise<Outcome<null>>) {
  const ports = simulatedPorts();
  const deadLetters = await DeadLetters.open(null, ports);
  // These tests submit one type of command, whose answer is null.
  const queue = { submit: decide } as unknown as CommandQueue;
  const admission = new WorkerAdmission(
    new Projection(new ClusterState(false), ports),
    queue,
    ports,
    10,
  );
  return { intake: new CommandIntake(queue, deadLetters, admission), deadLetters, ports };
}
