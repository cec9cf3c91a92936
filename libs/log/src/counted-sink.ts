import type { Timers } from '@oakring/ports';
import type { LogEntry, Sink } from './log-entry.js';

/** Of lines that are the same but for their numbers, so many are written in `windowMs`; the rest is counted. */
export const mostAlike = 5;
export const windowMs = 10_000;
/** Kinds of lines that are counted apart; beyond it the oldest begins anew. */
const mostKinds = 1_000;

interface Kind {
  written: number;
  /** The newest of those that were not written, and how many. */
  held: LogEntry | null;
  count: number;
}

/**
 * Counts a storm instead of repeating it: a fault that every message of every node meets must neither fill a
 * disk nor hide the one line that explains it. After each window the newest of the lines that were held is
 * written once, with how often it was said (`repeated`).
 */
export function countedSink(sink: Sink, timers: Timers): Sink & { flush(): void } {
  const kinds = new Map<string, Kind>();
  const tell = ({ held, count }: Kind): void => {
    if (held === null) return;
    sink({ ...held, facts: { ...held.facts, repeated: count, withinMs: windowMs } });
  };
  const end = (key: string): void => {
    const kind = kinds.get(key);
    if (kind === undefined) return;
    kinds.delete(key);
    tell(kind);
  };
  const begun = (key: string): Kind => {
    const [oldest] = kinds.keys();
    if (kinds.size >= mostKinds && oldest !== undefined) end(oldest);
    const kind: Kind = { written: 0, held: null, count: 0 };
    kinds.set(key, kind);
    timers.after(windowMs, () => {
      // Another one of the same key may have begun since.
      if (kinds.get(key) === kind) end(key);
    });
    return kind;
  };
  const counted = (entry: LogEntry): void => {
    const key = keyOf(entry);
    const kind = kinds.get(key) ?? begun(key);
    if (kind.written < mostAlike) {
      kind.written += 1;
      return sink(entry);
    }
    kind.held = entry;
    kind.count += 1;
  };
  return Object.assign(counted, {
    /** Before the end: what is held would be lost. */
    flush: () => {
      for (const key of [...kinds.keys()]) end(key);
    },
  });
}

/** Long texts differ in their numbers: addresses, ports, times. What befalls another node or job is another line. */
function keyOf({ level, context, text, facts: { node = '', job = '' } }: LogEntry): string {
  return `${level} ${context} ${node} ${job} ${text.slice(0, 256).replace(/\d+/g, '#')}`;
}
