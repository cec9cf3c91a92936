import type { EventLogReader } from '@oakring/stores';
import type { Timers } from '@oakring/ports';
import type { Projection } from '../../views/projection.js';
import type { EventQuery } from './event-query.js';

/** A reader of server-sent events hears something at least this often. */
const keepAliveEveryMs = 15_000;

export interface EventSource {
  readonly log: EventLogReader;
  /** Moves with each durable commit, whoever appended it: a follower's log hears only its own. */
  readonly projection: Pick<Projection, 'onProjected'>;
  readonly timers: Timers;
  /** Ends the stream: the client has gone, or the manager shuts down. */
  readonly signal: AbortSignal;
}

/** What a follower waits for. Nothing that happens between two waits is missed. */
export interface LogWatch {
  /** Resolves at once when there was a commit since the last wait, or the stream has ended. */
  wait(): Promise<'changed' | 'quiet'>;
  /** Whether nothing was said for long, asked by whoever waits for something else; once each time. */
  isQuiet(): boolean;
  close(): void;
}

export function watchLog(
  { projection, timers, signal }: EventSource,
  { follow, format }: EventQuery,
): LogWatch {
  let changed = false;
  let quiet = false;
  let wake: () => void = () => {};
  const onChange = (): void => {
    changed = true;
    wake();
  };
  const stopListening = follow ? projection.onProjected(onChange) : () => {};
  signal.addEventListener('abort', onChange);
  const keepAlive =
    follow && format === 'sse'
      ? timers.every(keepAliveEveryMs, () => {
          quiet = true;
          wake();
        })
      : null;
  return {
    async wait() {
      if (!changed && !quiet && !signal.aborted) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const woken = changed || signal.aborted ? 'changed' : 'quiet';
      changed = false;
      quiet = false;
      return woken;
    },
    isQuiet() {
      const was = quiet;
      quiet = false;
      return was;
    },
    close() {
      stopListening();
      signal.removeEventListener('abort', onChange);
      keepAlive?.cancel();
    },
  };
}
