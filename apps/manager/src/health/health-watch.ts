import type { Room } from '@oakring/host';
import type { Ports, Timer } from '@oakring/ports';
import type { PartHealth, Standing, Underway } from '../injection/health.js';
import type { LeadershipView, Readiness, ReadinessAnswer } from '../injection/query-tokens.js';
import { partsOf, type Sight } from './parts.js';

/** So that it is known since when, though nobody asks. */
const lookEveryMs = 2_000;
/** Probes may come from anybody, as often as they like. */
const freshForMs = 250;
/** Less than a probe waits for us. */
const answerWithinMs = 1_500;
/** What ends in moments as a rule, and has not come a step further for so long, does not end by itself. */
const stuckAfterMs = 60_000;

/** Where it is seen how the parts do. */
export interface HealthSources extends Pick<
  Sight,
  'several' | 'damage' | 'waiting' | 'root' | 'rootMemory'
> {
  readonly leadership: {
    readonly status: {
      readonly ready: boolean;
      readonly detail: string;
      readonly standing: Standing;
    };
    readonly processes: LeadershipView['processes'];
    readonly underway: Underway | null;
    readonly appendingMs: number;
  };
  /** What can only be asked for: each may take its time, or fail. */
  readonly obstacle: () => Promise<string | null>;
  readonly clockError: () => Promise<string | null>;
  readonly schedulerObstacle: () => Promise<string | null>;
  readonly room: () => Promise<Room | null>;
}

/** What was answered when it was asked last. */
type Answers = Pick<Sight, 'obstacle' | 'clockError' | 'room'> & { scheduler: string | null };

/**
 * Looks at every part of this manager, every two seconds and whenever somebody asks, and remembers since when
 * each has been as it is.
 *
 * Ready is a follower that is current, and a leader that hears, may speak, can write and has what waits
 * planned: while any of that is not so, what is promised is not kept. Everything else degrades it.
 */
export class HealthWatch implements Readiness {
  private answers: Answers = { obstacle: null, clockError: null, room: null, scheduler: null };
  private askedMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | null = null;
  /** Monotonic: since when the scheduler does not plan. */
  private awaySinceMs: number | null = null;
  private readonly known = new Map<string, Pick<PartHealth, 'status' | 'sinceMs'>>();
  private underway: { readonly key: string; readonly sinceMs: number } | null = null;
  private timer: Timer | null = null;

  constructor(
    private readonly sources: HealthSources,
    private readonly ports: Pick<Ports, 'clock' | 'timers'>,
  ) {}

  start(): void {
    this.timer = this.ports.timers.every(lookEveryMs, () => void this.look());
  }

  stop(): void {
    this.timer?.cancel();
  }

  async isReady(): Promise<ReadinessAnswer> {
    await this.look();
    const { status } = this.sources.leadership;
    const { parts } = this;
    const down = parts.filter((part) => part.status === 'down');
    if (status.ready && down.length === 0) {
      const degraded = parts.filter((part) => part.status === 'degraded');
      const names = degraded.map(({ part }) => part).join(', ');
      const detail = names === '' ? status.detail : `${status.detail}; degraded: ${names}`;
      return { ready: true, detail, parts };
    }
    const detail = status.ready ? down.map((part) => part.detail).join('; ') : status.detail;
    const leads = status.standing.role === 'leader';
    const isLog = leads && down.some(({ part }) => part === 'log');
    return { ready: false, detail, parts, ...(isLog ? { code: 'log-unavailable' } : {}) };
  }

  get parts(): readonly PartHealth[] {
    const wallMs = this.ports.clock.wallMs();
    const parts = partsOf(this.sight()).map((part) => {
      const before = this.known.get(part.part);
      const isSame = before?.status === part.status;
      return { ...part, sinceMs: part.sinceMs ?? (isSame ? before.sinceMs : wallMs) };
    });
    this.known.clear();
    for (const { part, status, sinceMs } of parts) this.known.set(part, { status, sinceMs });
    return parts;
  }

  get stuck(): string | null {
    const { underway } = this.sources.leadership;
    this.note(underway);
    if (underway === null || this.underway === null || this.answers.obstacle !== null) return null;
    const forMs = this.ports.clock.monotonicMs() - this.underway.sinceMs;
    if (forMs < stuckAfterMs) return null;
    return `${underway.what} has not come a step further for ${Math.floor(forMs / 1_000)} s`;
  }

  private note(underway: Underway | null): void {
    if (underway?.key === this.underway?.key) return;
    const sinceMs = this.ports.clock.monotonicMs();
    this.underway = underway && { key: underway.key, sinceMs };
  }

  private sight(): Sight {
    const { leadership, ...others } = this.sources;
    const { scheduler: why, ...answers } = this.answers;
    const nowMs = this.ports.clock.monotonicMs();
    return {
      ...{ several: others.several, damage: others.damage, waiting: others.waiting },
      ...{ root: others.root, rootMemory: others.rootMemory },
      ...answers,
      standing: leadership.status.standing,
      appendingMs: leadership.appendingMs,
      processes: leadership.processes,
      scheduler: why === null ? null : { why, forMs: nowMs - (this.awaySinceMs ?? nowMs) },
    };
  }

  /** Asks what can only be asked for, unless that was just now. */
  private look(): Promise<void> {
    const nowMs = this.ports.clock.monotonicMs();
    if (this.asking === null && nowMs - this.askedMs < freshForMs) return Promise.resolve();
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
      this.askedMs = this.ports.clock.monotonicMs();
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    const { obstacle, clockError, schedulerObstacle, room, leadership } = this.sources;
    const { standing } = leadership.status;
    const leads = standing.role === 'leader';
    // While the store is away it is not asked what time it is.
    const isThere = leads ? standing.isHeld : standing.isCurrent;
    const [inTheWay, clock, scheduler, left] = await Promise.all([
      leads ? this.within(obstacle(), 'the disk does not answer') : null,
      isThere ? this.within(clockError(), null) : null,
      leads ? this.within(schedulerObstacle(), 'it does not answer') : null,
      this.within(room(), null),
    ]);
    this.answers = { obstacle: inTheWay, clockError: clock, scheduler, room: left };
    if (scheduler === null) this.awaySinceMs = null;
    else this.awaySinceMs ??= this.ports.clock.monotonicMs();
    // What began is known from now on.
    void this.parts;
    this.note(leadership.underway);
  }

  /** `otherwise` where it fails, or takes longer than a probe waits. */
  private async within<A>(answer: Promise<A>, otherwise: A): Promise<A> {
    const patience = new AbortController();
    const late = this.ports.timers.sleep(answerWithinMs, patience.signal).then(() => otherwise);
    const found = await Promise.race([answer.catch(() => otherwise), late]);
    patience.abort();
    return found;
  }
}
