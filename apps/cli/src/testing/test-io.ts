import { PassThrough, Writable } from 'node:stream';
import { streamIo, type Io } from '../io.js';

export interface TestIo extends Io {
  /** Everything written to standard output so far. */
  written(): string;
  /** Everything written to standard error so far. */
  complained(): string;
  /** Delivers a SIGTERM. */
  signal(): void;
  /** After how many milliseconds the process was told to end by force. */
  readonly deadlines: readonly number[];
}

export interface TestIoOptions {
  /** Standard input. */
  readonly input?: string;
  readonly isTerminal?: boolean;
  /** Keys, pressed one after the other. */
  readonly keys?: readonly string[];
  /** Standard output takes so many lines and then fails with this code. */
  readonly breaks?: { readonly afterLines: number; readonly code: string };
}

/** An `Io` over streams in memory. */
export function testIo(options: TestIoOptions = {}): TestIo {
  const { input = '', isTerminal = false, breaks = unbroken, keys } = options;
  const stdin = Object.assign(new PassThrough(), { isTTY: keys !== undefined });
  for (const key of keys ?? []) stdin.write(key);
  if (keys === undefined) stdin.end(input);
  const stdout = recorder(breaks);
  const stderr = recorder(unbroken);
  const listeners: ((signal: string) => void)[] = [];
  const deadlines: number[] = [];
  const io = streamIo(
    {
      stdin,
      stdout: Object.assign(stdout.stream, { isTTY: isTerminal }),
      stderr: Object.assign(stderr.stream, { isTTY: isTerminal }),
    },
    {
      onStopSignal: (listener) => listeners.push(listener),
      endWithin: (delayMs) => deadlines.push(delayMs),
    },
  );
  return {
    ...io,
    deadlines,
    written: () => stdout.text(),
    complained: () => stderr.text(),
    signal: () => listeners.forEach((listener) => listener('SIGTERM')),
  };
}

const unbroken = { afterLines: Infinity, code: '' };

function recorder({ afterLines, code }: NonNullable<TestIoOptions['breaks']>): {
  stream: Writable;
  text(): string;
} {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunks.length >= afterLines) {
        return done(Object.assign(new Error(`write ${code}`), { code }));
      }
      chunks.push(chunk.toString('utf8'));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
