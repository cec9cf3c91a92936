import { PassThrough, Writable } from 'node:stream';
import { streamIo, type Io } from '../io.js';

export interface TestIo extends Io {
  /** Everything written to standard output so far. */
  written(): string;
  /** Everything written to standard error so far. */
  complained(): string;
  /** Delivers a SIGTERM. */
  signal(): void;
  /** Codes that the process was told to end with by force. */
  readonly exits: readonly number[];
}

export interface TestIoOptions {
  /** Standard input. */
  readonly input?: string;
  readonly isTerminal?: boolean;
  /** The reader of standard output goes away after so many lines. */
  readonly readerLeavesAfter?: number;
}

/** An `Io` over streams in memory. */
export function testIo(options: TestIoOptions = {}): TestIo {
  const { input = '', isTerminal = false, readerLeavesAfter = Infinity } = options;
  const stdin = new PassThrough();
  stdin.end(input);
  const stdout = recorder(readerLeavesAfter);
  const stderr = recorder(Infinity);
  const listeners: (() => void)[] = [];
  const exits: number[] = [];
  const io = streamIo(
    {
      stdin,
      stdout: Object.assign(stdout.stream, { isTTY: isTerminal }),
      stderr: Object.assign(stderr.stream, { isTTY: isTerminal }),
    },
    { onStopSignal: (listener) => listeners.push(listener), exit: (code) => exits.push(code) },
  );
  return {
    ...io,
    exits,
    written: () => stdout.text(),
    complained: () => stderr.text(),
    signal: () => listeners.forEach((listener) => listener()),
  };
}

function recorder(maxWrites: number): { stream: Writable; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunks.length >= maxWrites) {
        return done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      }
      chunks.push(chunk.toString('utf8'));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
