import type { Ports } from '@oakring/ports';
import type { StoredEvent, LogHead } from '@oakring/events';
import { takeChanges, type Changes, ClusterState } from '@oakring/model';

export type ProjectionListener = (
  events: readonly StoredEvent[],
  head: LogHead,
  changes: Changes,
) => void;

/**
 * What queries see: the state up to the newest durable commit, and who wants to know when it moves.
 * Fed by the writer, after durability only.
 */
export class Projection {
  private readonly listeners = new Set<ProjectionListener>();
  private readonly waiting = new Set<{ position: number; resolve: (reached: boolean) => void }>();
  /** Monotonic time of the newest projected commit. */
  private projectedAtMs: number;

  constructor(
    readonly state: ClusterState,
    private readonly ports: Ports,
  ) {
    this.projectedAtMs = ports.clock.monotonicMs();
    takeChanges(state);
  }

  get position(): number {
    return this.state.head.position;
  }

  /** Milliseconds since the newest commit became visible. */
  get ageMs(): number {
    return Math.round(this.ports.clock.monotonicMs() - this.projectedAtMs);
  }

  /** Resolves true once the view has reached `position`, false after `timeoutMs`. */
  reach(position: number, timeoutMs: number): Promise<boolean> {
    if (this.position >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const entry = {
        position,
        resolve: (reached: boolean) => {
          timer.cancel();
          this.waiting.delete(entry);
          resolve(reached);
        },
      };
      const timer = this.ports.timers.after(timeoutMs, () => entry.resolve(false));
      this.waiting.add(entry);
    });
  }

  /** Calls back after each projected commit. Returns the way out. */
  onProjected(listener: ProjectionListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Called by the writer once the state has been folded up to `head`. */
  announce(events: readonly StoredEvent[], head: LogHead): void {
    this.projectedAtMs = this.ports.clock.monotonicMs();
    const changes = takeChanges(this.state);
    for (const listener of this.listeners) listener(events, head, changes);
    for (const entry of this.waiting) if (entry.position <= head.position) entry.resolve(true);
  }
}
