import { describe, expect, it } from '@jest/globals';
import type { CommandKind, Control } from '@oakring/contracts';
import {
  decideControl,
  type InstanceStatus,
  type KnownInstance,
  type Knowledge,
} from './decide-control.js';

const start = { do: 'start' };
const stop = { do: 'stop' };
const join = { do: 'join' };
const succeeded = (reason: string) => ({ do: 'answer', phase: 'succeeded', reason });
const failed = (reason: unknown) => ({ do: 'answer', phase: 'failed', reason });

describe.each(['deploy', 'replicate'] as const)('%s', (command) => {
  it('starts what is not here', () => {
    expect(given().when(order(command, 1))).toEqual(start);
  });

  it('starts nothing twice: what runs is acknowledged again', () => {
    expect(given(known(1, 'running')).when(order(command, 1))).toEqual(
      succeeded('it runs already'),
    );
  });

  it('joins a start that is under way', () => {
    expect(given(known(1, 'starting')).when(order(command, 1))).toEqual(join);
  });

  it('does not run again what has completed', () => {
    expect(given(known(1, 'completed')).when(order(command, 1))).toEqual(
      succeeded('it ran and has completed'),
    );
  });

  it('does not try again what failed: another try is another generation', () => {
    const crashed = { ...known(1, 'failed'), reason: 'exit code 3' };
    expect(given(crashed).when(order(command, 1))).toEqual(failed('exit code 3'));
    expect(given(crashed).when(order(command, 2))).toEqual(start);
  });

  it('does not revive what is being deleted', () => {
    expect(given(known(1, 'stopping')).when(order(command, 1))).toEqual(
      failed('it is being deleted'),
    );
  });

  it.each(['starting', 'running', 'stopping', 'completed', 'failed'] as const)(
    'runs a newer generation beside an older one that is %s',
    (status) => {
      expect(given(known(1, status)).when(order(command, 2))).toEqual(start);
    },
  );

  it('refuses an older generation than the one that is here', () => {
    expect(given(known(3, 'running')).when(order(command, 2))).toEqual(
      failed('superseded: generation 3 is here, 2 is older'),
    );
  });

  it('refuses what was deleted here: it came behind its own delete', () => {
    expect(given().deleted(2).when(order(command, 2))).toEqual(
      failed('superseded: generation 2 was deleted here'),
    );
    expect(given().deleted(2).when(order(command, 3))).toEqual(start);
  });

  it('refuses a technology that this worker does not offer, naming those it does', () => {
    const control = order(command, 1, { technology: 'unikernel' });
    expect(given().when(control)).toEqual(
      failed('this worker does not offer unikernel; it offers simulated, process'),
    );
  });

  it('keeps other instances of the job and other jobs apart', () => {
    const neighbour = { ...known(7, 'running'), instance: 1 };
    const stranger = { ...known(7, 'running'), job: 'other' };
    expect(given(neighbour, stranger).when(order(command, 1))).toEqual(start);
  });
});

describe('delete', () => {
  it.each(['starting', 'running', 'completed', 'failed'] as const)(
    'stops and removes an instance that is %s',
    (status) => {
      expect(given(known(1, status)).when(order('delete', 1))).toEqual(stop);
    },
  );

  it('has succeeded already where the instance is not', () => {
    expect(given().when(order('delete', 1))).toEqual(succeeded('it is not here'));
  });

  it('leaves another generation alone', () => {
    expect(given(known(2, 'running')).when(order('delete', 1))).toEqual(
      succeeded('it is not here'),
    );
  });

  it('joins a deletion that is under way', () => {
    expect(given(known(1, 'stopping')).when(order('delete', 1))).toEqual(join);
  });
});

describe('move', () => {
  it('lets the instance go on: its delete follows', () => {
    expect(given(known(1, 'running')).when(order('move', 1))).toEqual(
      succeeded('it goes on running'),
    );
  });

  it('fails where the instance is not', () => {
    expect(given().when(order('move', 1))).toEqual(failed('it is not here'));
  });
});

function given(...instances: KnownInstance[]) {
  const knowing = (knowledge: Knowledge) => ({
    deleted: (deletedGeneration: number) => knowing({ ...knowledge, deletedGeneration }),
    when: (control: Control) => decideControl(control, knowledge),
  });
  return knowing({ instances, deletedGeneration: 0, offered: ['simulated', 'process'] });
}

function known(generation: number, status: InstanceStatus): KnownInstance {
  return { job: 'web', instance: 0, generation, status, reason: null };
}

function order(command: CommandKind, generation: number, job: object = {}): Control {
  return {
    command,
    job: { id: 'web', name: 'web', image: 'web:1', technology: 'simulated', ...job },
    commandId: '7/0',
    instance: 0,
    generation,
    attempt: 1,
    epoch: 1,
    expiresAt: '2026-01-01T00:00:00.000Z',
  };
}
