import { isTraceparent } from '@oakring/contracts';
import { maxBy, maxCause } from './rules.js';

/**
 * On whose word an event is stated, and on account of what. Both are texts that a reader of the log
 * alone understands (docs/ledger-format.md).
 */
export interface Origin {
  /**
   * Who: `nodes/<id>`, a worker by its own word; `manager/<process>`, a manager by itself (the commit's
   * epoch says which one); `api/<name>`, a caller over HTTP by the name of the token (`api/token`: that of the
   * setting, `api/open`: where none is asked for); `root`, the root orchestrator; `operator/restore`, whoever put a backup
   * into a store.
   */
  readonly by: string;
  /**
   * What led to it: the address of an event (`<position>-<index>`), or
   * `request:<METHOD> <path>#<Idempotency-Key or an id of ours>`, `message:<topic>`,
   * `lease:<epoch>`, `observed:<what>` where a manager saw for itself what is in no event.
   */
  readonly cause: string;
  /** Milliseconds since 1970 by the device's own clock, where its message says. Never compared with ours. */
  readonly deviceAt?: number;
  /** W3C `traceparent` of the request that it is on account of, where that had one. */
  readonly trace?: string;
}

/** Where an event is in history. */
export interface Place {
  readonly position: number;
  readonly index: number;
}

/** An event's own name in the log, and what another's `cause` calls it: `<position>-<index>`. */
export function addressOf({ position, index }: Place): string {
  return `${position}-${index}`;
}

/** Where an address points; null: it is none. */
export function parseAddress(text: string): Place | null {
  const [, position, index] = /^([1-9]\d{0,15})-(0|[1-9]\d{0,5})$/.exec(text) ?? [];
  return position === undefined ? null : { position: Number(position), index: Number(index) };
}

export function isBefore(place: Place, other: Place): boolean {
  return (
    place.position < other.position ||
    (place.position === other.position && place.index < other.index)
  );
}

/** What is wrong with an origin, written or read; null: nothing. */
export function originProblem({
  by,
  cause,
  deviceAt,
  trace,
}: {
  readonly by: string;
  readonly cause: string;
  readonly deviceAt?: number | undefined;
  readonly trace?: string | undefined;
}): string | null {
  if (by === '' || by.length > maxBy) return `by has ${by.length} characters`;
  if (cause === '' || cause.length > maxCause) return `cause has ${cause.length} characters`;
  if (deviceAt !== undefined && deviceAt < 0) return `deviceAt is ${deviceAt}`;
  if (trace === undefined || isTraceparent(trace)) return null;
  return `trace is no traceparent, and has ${trace.length} characters`;
}
