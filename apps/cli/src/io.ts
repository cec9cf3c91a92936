import type { Readable } from 'node:stream';
import { byteIo, type ByteIo } from './byte-io.js';
import { safeText } from './safe-text.js';
import type { Streams } from './streams.js';

/** What the command line may do to the outside; a test gives its own. */
export interface Io {
  /**
   * Writes a line to standard output. After the reader went away it writes nothing. What a terminal would obey, but
   * for colours, is written as an escape: here, in `error`, in `status` and in `redraw`.
   */
  out(line: string): void;
  /** As `out`, whatever it makes a terminal do. */
  outAsItIs(line: string): void;
  /** Writes a line to standard error. */
  error(line: string): void;
  /** Replaces the last line of standard error that was written by this; '' clears it. */
  status(line: string): void;
  readonly outIsTerminal: boolean;
  /** Calls back with every key that is pressed, where there is a keyboard, until `signal` aborts. */
  onKeys(listener: (key: string) => void, signal: AbortSignal): void;
  /** Signs that fit a line of the terminal, as it is now; null: it is none. */
  columns(): number | null;
  /** Replaces what stands on the terminal since it was last called; the first time it clears nothing. */
  redraw(text: string): void;
  readonly errorIsTerminal: boolean;
  /** Aborts when standard output cannot be written any more; the reason is the error. */
  readonly closed: AbortSignal;
  /** Resolves once the reader of standard output keeps up again. */
  drained(): Promise<void>;
  /** Resolves once everything written has been handed to the operating system. */
  flushed(): Promise<void>;
  /** All of standard input. */
  input(): Promise<string>;
  readonly bytes: ByteIo;
  /** Calls back on every SIGTERM and SIGINT. */
  onStopSignal(listener: (signal: string) => void): void;
  /** Ends the process by force after this time, whatever it does then. */
  endWithin(delayMs: number): void;
}

export type ProcessHooks = Pick<Io, 'onStopSignal' | 'endWithin'>;

const clearLine = '\r\u001B[2K';
const home = '\u001B[H';
const clearToEnd = '\u001B[K';
const clearBelow = '\u001B[J';
/** Of a terminal that does not say. */
const usualColumns = 80;
const usualRows = 24;

/** As much of a text as a screen has lines, over what is there: without the flicker of a screen that was cleared. */
function screenful(text: string, rows: number): string {
  const lines = text.split('\n').slice(0, Math.max(1, rows - 1));
  return `${home}${lines.map((line) => `${line}${clearToEnd}\n`).join('')}${clearBelow}`;
}

/** An `Io` over streams. A broken pipe (`| head`) closes it and throws nothing. */
export function streamIo({ stdin, stdout, stderr }: Streams, hooks: ProcessHooks): Io {
  const closing = new AbortController();
  stdout.on('error', (error) => closing.abort(error));
  // Nobody is left to tell.
  stderr.on('error', () => {});
  const isClosed = (): boolean => closing.signal.aborted;
  return {
    out: (line) => {
      if (!isClosed()) stdout.write(`${safeText(line)}\n`);
    },
    outAsItIs: (line) => {
      if (!isClosed()) stdout.write(`${line}\n`);
    },
    error: (line) => void stderr.write(`${safeText(line)}\n`),
    status: (line) => void stderr.write(`${clearLine}${safeText(line)}`),
    outIsTerminal: stdout.isTTY === true,
    onKeys: (listener, signal) => {
      if (stdin.isTTY !== true || signal.aborted) return;
      const heard = (data: Buffer): void => listener(data.toString('utf8'));
      // A key as it is pressed, and not a line when it is ended.
      stdin.setRawMode?.(true);
      stdin.on('data', heard);
      signal.addEventListener('abort', () => {
        stdin.off('data', heard);
        stdin.setRawMode?.(false);
        stdin.pause();
      });
    },
    columns: () => (stdout.isTTY === true ? (stdout.columns ?? usualColumns) : null),
    redraw: (text) => {
      if (!isClosed()) stdout.write(screenful(safeText(text), stdout.rows ?? usualRows));
    },
    errorIsTerminal: stderr.isTTY === true,
    closed: closing.signal,
    drained: () =>
      new Promise((resolve) => {
        if (isClosed() || !stdout.writableNeedDrain) return resolve();
        stdout.once('drain', resolve);
        closing.signal.addEventListener('abort', () => resolve());
      }),
    flushed: () =>
      new Promise((resolve) => {
        if (isClosed()) return resolve();
        stdout.write('', () => resolve());
      }),
    input: () => textOf(stdin),
    bytes: byteIo({ stdin, stdout, stderr }, closing.signal),
    ...hooks,
  };
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
