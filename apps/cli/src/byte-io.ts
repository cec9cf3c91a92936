import { spawnSync } from 'node:child_process';
import type { Streams } from './streams.js';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Standard input and output as bytes, and the terminal that they may be: for commands that run elsewhere. */
export interface ByteIo {
  readonly inIsTerminal: boolean;
  /** Of the terminal that standard output is, as it is now; null: it is none. */
  size(): TerminalSize | null;
  onResize(listener: (size: TerminalSize) => void, signal: AbortSignal): void;
  /**
   * From now on keys come as they are pressed, an interrupt too, and nothing is shown by the terminal itself. It is put
   * back by what is returned, and by Node whenever the process ends otherwise (but by SIGKILL).
   */
  takeKeys(): () => void;
  /** Standard input as it comes, no faster than it is taken; ends with it, or with `signal`. */
  chunks(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Resolves once it was taken, or nobody takes anything any more. */
  write(channel: 'out' | 'err', bytes: Uint8Array): Promise<void>;
}

const usual: TerminalSize = { columns: 80, rows: 24 };

export function byteIo({ stdin, stdout, stderr }: Streams, closed: AbortSignal): ByteIo {
  const size = (): TerminalSize | null => {
    const { isTTY, columns = 0, rows = 0 } = stdout;
    // A terminal that nobody has told its size says 0.
    return isTTY === true ? { columns: columns || usual.columns, rows: rows || usual.rows } : null;
  };
  return {
    inIsTerminal: stdin.isTTY === true,
    size,
    onResize: (listener, signal) => {
      const resized = (): void => {
        const now = size();
        if (now !== null) listener(now);
      };
      stdout.on('resize', resized);
      signal.addEventListener('abort', () => stdout.off('resize', resized));
    },
    takeKeys: () => {
      stdin.setRawMode?.(true);
      leaveOutputAlone(stdin);
      return () => stdin.setRawMode?.(false);
    },
    chunks: (signal) => chunksOf(stdin, signal),
    write: (channel, bytes) => written(channel === 'out' ? stdout : stderr, bytes, closed),
  };
}

/**
 * What comes is made for a terminal already, by the one at the other end: a line feed must not become two signs here
 * once more. Node's raw mode leaves that on; what ends it puts this back too. Without `stty` it stays as it was.
 */
function leaveOutputAlone({ isTTY, fd }: Streams['stdin']): void {
  if (isTTY === true && fd === 0)
    spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

async function* chunksOf(stdin: Streams['stdin'], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let isOver = stdin.readableEnded || stdin.destroyed;
  let wake = (): void => {};
  const heard = (chunk: Buffer | string): void => {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    stdin.pause();
    wake();
  };
  const over = (): void => {
    isOver = true;
    wake();
  };
  const ends = ['end', 'close', 'error'];
  for (const event of ends) stdin.once(event, over);
  stdin.on('data', heard);
  signal.addEventListener('abort', over);
  try {
    for (;;) {
      const chunk = chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (isOver) return;
      else {
        stdin.resume();
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    stdin.off('data', heard);
    for (const event of ends) stdin.off(event, over);
    signal.removeEventListener('abort', over);
    stdin.pause();
  }
}

function written(stream: Streams['stdout'], bytes: Uint8Array, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (closed.aborted || stream.write(bytes)) return resolve();
    const taken = (): void => {
      stream.off('drain', taken);
      closed.removeEventListener('abort', taken);
      resolve();
    };
    stream.once('drain', taken);
    closed.addEventListener('abort', taken);
  });
}
