import { OakringError } from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import { NodeTable } from './node-table.js';
import type { NodeView } from './node-view.port.js';

/** Asks that a plan waits for at most before it says that the position is not reached. */
const maxTries = 5;
const betweenTriesMs = 100;
const keepWarmEveryMs = 1_000;

/**
 * Keeps the copy of the node view: one ask in flight at a time, shared by all who wait. A plan waits
 * until the copy has reached the position it was told; in between the copy is kept warm.
 */
export class Observer {
  readonly table = new NodeTable();
  private asking: Promise<void> | null = null;
  private warming: Timer | null = null;
  private filled = false;

  constructor(
    private readonly view: NodeView,
    private readonly ports: Ports,
  ) {}

  get isFilled(): boolean {
    return this.filled;
  }

  start(): void {
    const warm = (): void => {
      this.refresh().catch(() => {
        // The manager is away: a plan will say so, and the next warming asks again.
      });
    };
    warm();
    this.warming = this.ports.timers.every(keepWarmEveryMs, warm);
  }

  stop(): void {
    this.warming?.cancel();
  }

  /** Resolves once the copy reflects `position`; throws `position-not-reached`. */
  async reach(position: number): Promise<void> {
    let reason = '';
    for (let attempt = 0; attempt < maxTries; attempt += 1) {
      if (this.filled && this.table.position >= position) return;
      if (attempt > 0) await this.ports.timers.sleep(betweenTriesMs * attempt);
      reason = await this.refresh().then(
        () => 'the manager is behind it',
        (error: unknown) => `the manager does not give it: ${reasonOf(error)}`,
      );
    }
    if (this.filled && this.table.position >= position) return;
    throw new OakringError({
      code: 'position-not-reached',
      // The same words each time: they end up as the reason of waiting instances.
      detail: `The node view is not at the position asked for: ${reason}.`,
    });
  }

  private refresh(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    // From 0 the manager answers with the complete view.
    this.table.apply(await this.view.changes(this.table.position, this.table.telemetry));
    this.filled = true;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
