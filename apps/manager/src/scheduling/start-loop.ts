import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { mayBegin } from '../views/may-start.js';
import type { Projection } from '../views/projection.js';

/** Starts ordered in one command: they share a commit. */
const maxPerOrder = 500;
const sweepEveryMs = 1_000;

/**
 * Orders the start of placements whose time has come: they had their place before the one that they
 * replace was stopped, and it has ended by now. Level-triggered, after each commit.
 */
export class StartLoop {
  private ordering = false;
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected(() => this.look());
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.look());
    this.look();
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
    this.ordering = true;
  }

  private look(): void {
    const { state } = this.projection;
    if (state.unorderedStarts.size === 0 || this.ordering) return;
    const placements: string[] = [];
    for (const key of state.unorderedStarts) {
      const placement = state.placements.get(key);
      if (placement !== undefined && mayBegin(state, placement)) placements.push(key);
      if (placements.length === maxPerOrder) break;
    }
    if (placements.length === 0) return;
    this.ordering = true;
    this.queue
      .submit({ type: 'OrderStarts', placements })
      .catch(() => {
        // The log is away or we are stopping: the next sweep sees the same.
      })
      .finally(() => {
        this.ordering = false;
      });
  }
}
