import type { Timer, Timers } from '@oakring/ports';

/** A reader that takes nothing of what lies ready for it for so long has gone, or means us no good. */
const stalledMs = 60_000;
const looks = 4;

/** What is asked of a connection: an answer of node:http has it. */
interface Outgoing {
  readonly writableLength: number;
  readonly socket: { readonly bytesWritten: number } | null;
  destroy(): unknown;
}

/** Closes a stream whose reader stalls: it would keep its place for ever. One with nothing to read waits. */
export function endStalled(raw: Outgoing, timers: Timers): Timer {
  let written = -1;
  let since = 0;
  return timers.every(stalledMs / looks, () => {
    const now = raw.socket?.bytesWritten ?? 0;
    // Bytes that were handed to the system and not taken by it count as written: the rest waits here.
    const isWaiting = raw.writableLength > 0 && now === written;
    since = isWaiting ? since + 1 : 0;
    written = now;
    if (since >= looks) raw.destroy();
  });
}
