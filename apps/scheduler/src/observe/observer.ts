import { OakringError, type NodeChanges } from '@oakring/contracts';
import { NodeTable } from '@oakring/planning';
import type { Ports, Timer } from '@oakring/ports';
import type { NodeView } from './node-view.port.js';

/** Asks that a plan waits for at most before it says that the position is not reached. */
const maxTries = 5;
const betweenTriesMs = 100;
/** No further ask begins after this: with the last one's own limit below the 5 s of the caller. */
const reachWithinMs = 2_500;
const keepWarmEveryMs = 1_000;

interface Silence {
  /** Wall clock. */
  readonly sinceMs: number;
  /** The same by the other clock. */
  readonly beganMs: number;
}

/**
 * Keeps the copy of the node view: one ask in flight at a time, shared by all who wait. A plan waits
 * until the copy has reached the position it was told; in between the copy is kept warm.
 *
 * empty → filled (the first answer; from then on ready) → stopped (nobody waits any longer).
 */
export class Observer {
  readonly table = new NodeTable();
  private asking: Promise<void> | null = null;
  private warming: Timer | null = null;
  private filled = false;
  private newest: Silence | null = null;
  private answeredMs: number | null = null;
  private readonly stopped = new AbortController();

  constructor(
    private readonly view: NodeView,
    private readonly ports: Ports,
  ) {}

  get isFilled(): boolean {
    return this.filled;
  }

  /** Since when the manager does not give its node view; null: it does, or was not asked yet. */
  get silence(): Silence | null {
    return this.newest;
  }

  /** How long it has been so, milliseconds; 0: it is not. */
  get silentMs(): number {
    return this.newest === null ? 0 : this.ports.clock.monotonicMs() - this.newest.beganMs;
  }

  /** Whether the manager answered when it was asked last; null: it was not, or has not yet. */
  get isAnswered(): boolean | null {
    if (this.newest !== null) return false;
    return this.filled ? true : null;
  }

  /** Milliseconds since the copy was last known to be the manager's; null: it has not been yet. */
  get ageMs(): number | null {
    if (this.answeredMs === null) return null;
    return this.ports.clock.monotonicMs() - this.answeredMs;
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

  /** Those who wait for a position are refused at once. */
  stop(): void {
    this.warming?.cancel();
    this.stopped.abort();
  }

  /** Resolves once the copy reflects `position`; throws `position-not-reached` within 5 s. */
  async reach(position: number): Promise<void> {
    const { clock, timers } = this.ports;
    const giveUpAtMs = clock.monotonicMs() + reachWithinMs;
    // An ask sent before may be answered without this position: it is awaited, but is no try of ours.
    if (!this.has(position)) await this.asking?.catch(() => {});
    let reason = 'no answer in time';
    for (let attempt = 0; attempt < maxTries; attempt += 1) {
      if (this.has(position)) return;
      if (attempt > 0) await timers.sleep(betweenTriesMs * attempt, this.stopped.signal);
      if (this.stopped.signal.aborted) throw notReached('the scheduler is shutting down');
      if (clock.monotonicMs() >= giveUpAtMs) break;
      reason = await this.refresh().then(
        () => 'the manager is behind it',
        (error: unknown) => `the manager does not give it: ${messageOf(error)}`,
      );
    }
    if (!this.has(position)) throw notReached(reason);
  }

  private has(position: number): boolean {
    return this.filled && this.table.position >= position;
  }

  private refresh(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    const { position, telemetry } = this.table;
    const askedMs = this.ports.clock.monotonicMs();
    try {
      this.table.apply(await this.changesSince(position, telemetry));
    } catch (error) {
      const { clock } = this.ports;
      this.newest ??= { sinceMs: clock.wallMs(), beganMs: clock.monotonicMs() };
      throw error;
    }
    this.answeredMs = askedMs;
    this.filled = true;
    this.newest = null;
  }

  /** A rebuild needs every node's foreign load, not only what is newer than the old copy's. */
  private async changesSince(position: number, telemetry: number): Promise<NodeChanges> {
    const changes = await this.view.changes(position, telemetry);
    const isWhole = !changes.complete || telemetry === 0;
    return isWhole ? changes : { ...(await this.view.changes(0, 0)), complete: true };
  }
}

function notReached(reason: string): OakringError {
  return new OakringError({
    code: 'position-not-reached',
    // The same words each time: they end up as the reason of waiting instances.
    detail: `The node view is not at the position asked for: ${reason}.`,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
