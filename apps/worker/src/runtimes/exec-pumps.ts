import type { Writable } from 'node:stream';
import type { Timers } from '@oakring/ports';
import type { ExecTalk } from './runtime.port.js';

/** After its exit a daemon that it left may hold its outputs for ever: so long without a word is their end. */
const lastWordsWithinMs = 500;

export interface Printed {
  readonly channel: 'out' | 'err';
  readonly bytes: Uint8Array;
}

/** What a command says, on the way to whoever hears it: no more is read of it than that one takes. */
interface Outputs {
  /** Resolves at the end of all of them; rejects when nobody hears them any more. */
  readonly all: Promise<unknown>;
  /** Resolves once all that was said is taken, after the command's exit. Rejects as `all`. */
  settled(timers: Timers): Promise<void>;
}

export function pumped(talk: ExecTalk, sources: readonly AsyncIterable<Printed>[]): Outputs {
  let under = 0;
  let taken = 0;
  let isOver = false;
  const pump = async (source: AsyncIterable<Printed>): Promise<void> => {
    for await (const { channel, bytes } of source) {
      under += 1;
      await talk.write(channel, bytes);
      under -= 1;
      taken += 1;
    }
  };
  const all = Promise.all(sources.map(pump)).finally(() => (isOver = true));
  return {
    all,
    settled: async (timers) => {
      for (let before = -1; !isOver && (under > 0 || before !== taken);) {
        before = taken;
        const patience = new AbortController();
        const late = timers.sleep(lastWordsWithinMs, patience.signal);
        await Promise.race([all, late]).finally(() => patience.abort());
      }
    },
  };
}

export async function* printedOn(
  channel: Printed['channel'],
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Printed> {
  for await (const bytes of stream) yield { channel, bytes };
}

/** What its standard input gets, as fast as it takes it. What it does not take any more is let go. */
export async function pumpInput(talk: ExecTalk, stdin: Writable): Promise<void> {
  for await (const bytes of talk.input()) {
    if (!stdin.writable || stdin.write(bytes)) continue;
    await new Promise<void>((resolve) => {
      for (const event of ['drain', 'close', 'error']) stdin.once(event, () => resolve());
    });
  }
  if (stdin.writable) stdin.end();
}
