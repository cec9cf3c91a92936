import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { explained, lastPrinted } from './last-printed.js';
import type { LogsWanted, PrintedLine, Runtime } from './runtime.port.js';

const address = { job: 'web', instance: 0, generation: 1 };
const failed = { status: 'failed', reason: 'exit code 1' } as const;

describe('What a failed instance printed last', () => {
  it('goes with its failure, and with no other end', async () => {
    const { timers } = simulatedPorts();
    const runtime = printing(['one'], ['two']);
    expect(await explained(runtime, address, failed, timers)).toEqual({
      ...{ ...failed, lastLines: ['one', 'two'] },
    });
    const completed = { status: 'completed', reason: 'exit code 0' } as const;
    expect(await explained(runtime, address, completed, timers)).toEqual(completed);
  });

  it('is of the start that failed: twenty lines of it are asked for', async () => {
    const asked: LogsWanted[] = [];
    const { timers } = simulatedPorts();
    await lastPrinted(
      printing(['one'], [], (wanted) => asked.push(wanted)),
      address,
      timers,
    );
    expect(asked).toMatchObject([{ tail: 20, follow: false, previous: false }]);
  });

  it('has no password of an address and no bearer token in it', async () => {
    const lines = ['GET http://ann:secret@db/x failed', 'authorization: Bearer abcdef.123'];
    expect(await lastPrinted(printing(lines), address, simulatedPorts().timers)).toEqual([
      'GET http://***@db/x failed',
      'authorization: Bearer ***',
    ]);
  });

  it('is not waited for where nobody answers: what came by then is told', async () => {
    const ports = simulatedPorts();
    const told = lastPrinted(standing('one'), address, ports.timers);
    await ports.advance(2_000);
    expect(await told).toEqual(['one']);
  });

  it('is nothing where nothing is kept of it', async () => {
    const runtime: Pick<Runtime, 'logs'> = {
      async *logs() {
        yield* [];
        throw new Error('nothing is kept');
      },
    };
    expect(await lastPrinted(runtime, address, simulatedPorts().timers)).toEqual([]);
  });
});

function printing(
  first: readonly string[],
  second: readonly string[] = [],
  asked: (wanted: LogsWanted) => void = () => {},
): Pick<Runtime, 'logs'> {
  return {
    async *logs(_, wanted) {
      asked(wanted);
      yield first.map(lineOf);
      yield second.map(lineOf);
    },
  };
}

/** Says one line, and ends with the signal alone. */
function standing(text: string): Pick<Runtime, 'logs'> {
  return {
    async *logs(_address, _wanted, signal) {
      yield [lineOf(text)];
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
}

function lineOf(text: string): PrintedLine {
  return { generation: 1, atMs: null, text, isOpen: false, mark: '' };
}
