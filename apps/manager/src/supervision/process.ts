import type { Backoff } from '@oakring/ports';
import type { StoredEvent } from '@oakring/events';
import type { Changes, ClusterState } from '@oakring/model';

/** When a process looks, and what its supervisor remembers of a key for it. */
export interface Seen {
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  readonly wallMs: number;
  /** Monotonic: since when we see the key's present fact. A start begins anew: late is safe. */
  readonly sinceMs: number;
  /** The same of something else that the look asks about; forgotten once a look does not ask. */
  since(what: string): number;
  /** Drawn when the fact was first seen, from 0 up to, not including, 1. */
  readonly share: number;
  /** Steps about this fact that were carried out and are to be done again, in a row. */
  readonly attempts: number;
  /** We stop: what is not done now is done by whoever comes next. */
  readonly isEnding: boolean;
}

/** What to do about a key, and when to look again. */
export interface Look<Step> {
  /** To be done now; null: nothing. */
  readonly step: Step | null;
  /** Monotonic milliseconds at which to look again though nothing changed; null: then only. */
  readonly againMs: number | null;
}

export interface Doing<Step> {
  readonly key: string;
  readonly step: Step;
}

/**
 * `done`: its effect is in the views, as changes that concern the key; without any it counts as `again`:
 * to be done again in a while, unless a look says no. `settled`: done, whatever the views say of it; what
 * is to be done next is not held up.
 */
export type Outcome = 'done' | 'again' | 'settled';

/** Has keys looked at for a reason that is in no view; without keys: all of them. */
export type Wake = (keys?: Iterable<string>) => void;

/**
 * A consequence of what is known: what happens by itself when the views are in a certain state.
 *
 * Level-triggered: `look` decides by what there is and not by what happened, so that a look more, one
 * that was lost, or a start in between give the same. It is pure: what it reads beside the views (a link,
 * when a worker was last heard) is handed in; timers, queues and what is under way are its supervisor's.
 */
export interface Process<Step> {
  /** In metrics and messages, lower case. */
  readonly name: string;
  /** Keys that may have a fact, when we begin. */
  all(state: ClusterState): Iterable<string>;
  /** Told of each change before the looks: for what must be remembered of the past and is in no view. */
  note?(changes: Changes, state: ClusterState, events: readonly StoredEvent[]): void;
  /** Keys whose look may have another answer by these changes. Cheap: asked after each commit. */
  concerned(changes: Changes, state: ClusterState): Iterable<string>;
  /** What a key's waiting hangs on: another fact begins it anew. Null: there is nothing to look at. */
  fact(key: string, state: ClusterState): string | null;
  /** A key has no fact any more: what is kept of it beside the views goes. May be called for any key. */
  forget?(key: string): void;
  /** Called once, at the start, where it hears of more than the views say (a link, a worker's word). */
  listen?(wake: Wake): void;
  look(key: string, state: ClusterState, seen: Seen): Look<Step>;
  /** Carries steps out, at most `most` in one call and `mostAtOnce` calls at a time. `ending`: we stop. */
  act(steps: readonly Doing<Step>[], ending: AbortSignal): Promise<Outcome>;
  readonly most: number;
  readonly mostAtOnce: number;
  /** Least time between two looks of a key, milliseconds: one with thousands of parts changes with each commit. */
  readonly restMs: number;
  /**
   * How long a step that has to be done again waits: doubled each time; one that failed, no longer than
   * some seconds. Null: its looks say themselves when to do again what was done.
   */
  readonly backoff: Backoff | null;
  /** Every key is looked at once more when we stop, with `isEnding`. */
  readonly looksAtEnd?: true;
}

/** A look that finds nothing to do until something changes. */
export const nothing: Look<never> = { step: null, againMs: null };
