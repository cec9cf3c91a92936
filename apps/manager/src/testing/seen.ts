import type { Seen } from '../supervision/process.js';

/** What a look is told at `nowMs`, of a fact that is seen for the first time unless `seen` says else. */
export function seenAt(nowMs: number, seen: Partial<Seen> = {}): Seen {
  const since = () => seen.sinceMs ?? nowMs;
  return {
    ...{ nowMs, sinceMs: nowMs, wallMs: 0, share: 0.5, attempts: 0, isEnding: false, since },
    ...seen,
  };
}
