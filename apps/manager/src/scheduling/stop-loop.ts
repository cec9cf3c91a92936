import { OakringError } from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import type { Projection } from '../views/projection.js';

/** Stops ordered in one command: they share a commit. */
const maxPerOrder = 500;
/** A stop that failed at the worker is ordered again after this long, doubled each time. */
const againAfterMs = { first: 5_000, most: 300_000 };
const sweepEveryMs = 1_000;

/**
 * Orders the `delete` of every placement that is not wanted any more. Level-triggered: it looks at
 * what there is after each commit, so that a scale-down of thousands is ordered in slices.
 */
export class StopLoop {
  /** When each placement may be ordered to stop again, monotonic, and the wait after that. */
  private readonly again = new Map<string, { readonly atMs: number; readonly waitMs: number }>();
  private ordering = false;
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
    private readonly warn: (line: string) => void,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected(() => this.look());
    this.sweep = this.ports.timers.every(sweepEveryMs, () => {
      this.forgetStopped();
      this.look();
    });
    this.look();
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
    this.ordering = true;
  }

  private look(): void {
    const { unorderedStops } = this.projection.state;
    if (unorderedStops.size === 0 || this.ordering) return;
    const nowMs = this.ports.clock.monotonicMs();
    const placements: string[] = [];
    for (const key of unorderedStops) {
      if (placements.length === maxPerOrder) break;
      const { atMs = 0, waitMs = againAfterMs.first } = this.again.get(key) ?? {};
      if (atMs > nowMs) continue;
      const nextMs = Math.min(2 * waitMs, againAfterMs.most);
      this.again.set(key, { atMs: nowMs + waitMs, waitMs: nextMs });
      placements.push(key);
    }
    if (placements.length > 0) void this.order(placements);
  }

  private forgetStopped(): void {
    const { placements } = this.projection.state;
    for (const key of this.again.keys()) {
      if (placements.get(key) === undefined) this.again.delete(key);
    }
  }

  private async order(placements: readonly string[]): Promise<void> {
    this.ordering = true;
    try {
      await this.queue.submit({ type: 'OrderStops', placements });
      this.ordering = false;
    } catch (error) {
      const code = error instanceof OakringError ? error.code : 'internal';
      if (code === 'shutting-down') return;
      // Ordered again by the sweep.
      for (const key of placements) this.again.delete(key);
      this.ordering = false;
      this.warn(`Stops could not be ordered: ${String(error)}`);
    }
  }
}
