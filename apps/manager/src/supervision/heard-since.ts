import type { Seen } from './process.js';

/** What is told of our sight. */
export interface Hearing {
  /** Monotonic: when we began to hear; null while we do not. */
  readonly sinceMs: number | null;
  /** Too many are silent at once. */
  readonly isStormOnRecord: boolean;
}

/**
 * Monotonic: since when something is so, as far as anybody could have told us else; asked of a look. Null:
 * nobody could (our link is down, or too many are silent): it counts anew after that.
 */
export function heardSince(hearing: Hearing, seen: Seen, what: string): number | null {
  const { sinceMs, isStormOnRecord } = hearing;
  return sinceMs === null || isStormOnRecord ? null : Math.max(seen.since(what), sinceMs);
}
