import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runService } from './run-service.js';
import { systemPorts } from './system-ports.js';

const never = new Promise<never>(() => {});
const { log, error } = console;

let said: string[];
let deadlines: number[];
let exitCode: typeof process.exitCode;
beforeEach(() => {
  said = [];
  deadlines = [];
  exitCode = process.exitCode;
  console.log = console.error = (line: unknown) => void said.push(String(line));
});
afterEach(() => {
  Object.assign(console, { log, error });
  process.exitCode = exitCode;
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
});

interface Trial {
  readonly ready?: Promise<void>;
  readonly failed?: Promise<never>;
}

function run(service: Trial | Error, onReady = (): void => {}): Promise<void> {
  return runService(
    systemPorts(),
    async () => {
      if (service instanceof Error) throw service;
      return { ...service, stop: async () => void said.push('stopped') };
    },
    {
      ready: () => {
        // Once it has said so.
        queueMicrotask(onReady);
        return 'ready';
      },
      fail: (words) => void said.push(words),
      say: (line) => void said.push(line.replaceAll(/\d+\.\d/g, '#')),
      explain: (error) => (error instanceof RangeError ? error.message : null),
    },
    (delayMs) => deadlines.push(delayMs),
  );
}

describe('A service as a whole process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is stopped in good order by %s', async (signal) => {
    await run({}, () => process.emit(signal));
    expect(said).toEqual(['ready', 'stopped', `ended: ${signal}, after # s; to stop took # s`]);
    expect(deadlines).toEqual([4_800]);
    expect(process.exitCode).toBe(exitCode);
  });

  it('stops, explains and ends with 1 when it cannot go on', async () => {
    await run({ failed: Promise.reject(new RangeError('the log is damaged')) });
    expect(said.slice(-3)).toEqual([
      'stopped',
      'the log is damaged',
      'ended: it cannot go on, after # s; to stop took # s',
    ]);
    expect(deadlines).toEqual([4_800]);
    expect(process.exitCode).toBe(1);
  });

  it('explains why it did not start, and ends with 1', async () => {
    await run(new RangeError('OAKRING_PORT: "x"'));
    expect(said).toEqual(['OAKRING_PORT: "x"']);
    expect(process.exitCode).toBe(1);
  });

  it('obeys a signal while it is not ready yet', async () => {
    const running = run({ ready: never });
    process.emit('SIGTERM');
    await running;
    expect(said).toEqual(['stopped', expect.stringMatching(/^ended: SIGTERM, /)]);
  });

  it('cuts its start short when it is asked to end meanwhile, which is no failure', async () => {
    const running = runService<Trial & { stop(): Promise<void> }>(
      systemPorts(),
      (stopping) =>
        new Promise((_, reject) => {
          stopping.addEventListener('abort', () => reject(new RangeError('cut short')));
        }),
      {
        ...{ ready: () => 'ready', fail: (words) => void said.push(words), explain: () => '' },
        say: (line) => void said.push(line),
      },
      (delayMs) => deadlines.push(delayMs),
    );
    process.emit('SIGTERM');
    await running;
    expect({ said, deadlines, code: process.exitCode }).toEqual({
      ...{ said: [expect.stringMatching(/^ended: SIGTERM, /)], deadlines: [4_800] },
      code: exitCode,
    });
  });

  it('throws a bug on, with its stack', async () => {
    await expect(run(new TypeError('a bug'))).rejects.toThrow('a bug');
  });
});
