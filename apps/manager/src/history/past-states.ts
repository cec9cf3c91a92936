import { OakringError } from '@oakring/contracts';
import type { LogHead } from '@oakring/events';
import { type EventLogReader } from '@oakring/stores';
import type { Ports } from '@oakring/ports';
import { ClusterState, copyState, stateFromCheckpoint, foldVersion, replay } from '@oakring/model';
import type { Projection } from '../views/projection.js';
import { positionOf } from './moment.js';
import type { SnapshotStore } from './snapshot-store.js';

/** Commits replayed at a stretch. */
const pageCommits = 200;
/** States that are kept for the next question: people look at one moment from several sides. */
const maxKept = 4;
/** Questions that wait for the one being answered. */
const maxWaiting = 32;

/**
 * The views as they were at any position: the nearest state before it (kept, saved, or none) and a
 * replay from there, in slices beside the present. One replay at a time.
 */
export class PastStates {
  /** Newest use last. Never changed once they are here. */
  private kept: readonly ClusterState[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly log: EventLogReader,
    private readonly projection: Projection,
    /** Null: nothing is saved, every replay begins at the beginning. */
    private readonly snapshots: SnapshotStore | null,
    private readonly ports: Ports,
  ) {}

  /** The state at the moment that `text` names (moment.ts); `field` is where it was given. */
  async at(text: string, field: string): Promise<ClusterState> {
    const { log, ports } = this;
    return this.atPosition(await positionOf(text, field, { log, clock: ports.clock }));
  }

  /** The state after the commit at `position`, which the log holds. To be read, not changed. */
  async atPosition(position: number): Promise<ClusterState> {
    if (this.waiting >= maxWaiting) {
      const detail = `${this.waiting} questions about the past wait already.`;
      throw new OakringError({ code: 'overloaded', detail });
    }
    this.waiting += 1;
    const state = this.last.then(() => this.replayTo(position));
    this.last = state.catch(() => {}).finally(() => (this.waiting -= 1));
    return state;
  }

  private async replayTo(position: number): Promise<ClusterState> {
    const state = await this.startFor(position);
    await replay(this.log, state, {
      ...{ place: 'the past', to: position, pageCommits },
      pageDone: () => new Promise<void>((resolve) => this.ports.timers.soon(resolve)),
    });
    const { head } = state;
    if (head.position < position) throw beyondLog(position, head.position);
    const others = this.kept.filter((other) => other.head.position !== position);
    this.kept = [...others, state].slice(-maxKept);
    return state;
  }

  /** A folder may hold snapshots of another log: its store was switched, or restored. */
  private async isOfThisLog({ position, hash }: LogHead): Promise<boolean> {
    const [commit] = await this.log.read({ from: position, limit: 1 });
    return commit?.position === position && commit.hash === hash;
  }

  /** A state of our own at or before the position, as near to it as there is one. */
  private async startFor(position: number): Promise<ClusterState> {
    const isBefore = ({ head }: ClusterState): boolean => head.position <= position;
    const candidates = [...this.kept, this.projection.state].filter(isBefore);
    const nearest = candidates.reduce<ClusterState | null>(
      (best, state) => (best === null || state.head.position > best.head.position ? state : best),
      null,
    );
    const reached = nearest?.head.position ?? 0;
    const saved = this.snapshots?.list().findLast((at) => at <= position) ?? 0;
    if (nearest !== null && reached >= saved) return copyState(nearest);
    const checkpoint = await this.snapshots?.nearest(position, foldVersion);
    if (checkpoint && (await this.isOfThisLog(checkpoint.head))) {
      return stateFromCheckpoint(checkpoint);
    }
    return nearest === null ? new ClusterState(false) : copyState(nearest);
  }
}

function beyondLog(position: number, head: number): OakringError {
  const detail = `Position ${position} is asked for; the log ends at ${head}.`;
  return new OakringError({ code: 'moment-invalid', detail, field: 'at', value: position });
}
