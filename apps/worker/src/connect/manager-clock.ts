import type { Clock } from '@oakring/ports';

/** Our clocks may part by this much; more is a step of the wall clock, or the machine slept. */
const stepMs = 2_000;
/** An answer that took longer than this to come tells too little about the time. */
const believedWithinMs = 10_000;

/**
 * How old orders are, and what time it is for the manager. No offset that was learnt once is rested
 * on: either side's clock may be set at any moment.
 *
 * Two bounds, each enough. Our subscriptions begin with the connection (clean session), so nothing is
 * older than that. And the difference of the manager's clock and our monotonic one: of the messages
 * heard the one that shows it largest took least. A step of our wall clock (or a sleep, in which a
 * monotonic clock may stand still) puts the difference in doubt; only an answer to a question of ours
 * ends that, which also sets it right when the manager's clock was set back.
 */
export class ManagerClock {
  private connectedAt: Moment;
  /** Manager's time minus our monotonic time; null: never heard. */
  private offsetMs: number | null = null;
  private learntAt: Moment;
  private askedAt: Moment | null = null;

  constructor(private readonly clock: Clock) {
    this.connectedAt = this.learntAt = this.moment();
  }

  /** Subscribed anew. Questions of the connection before will not be answered. */
  connected(): void {
    this.connectedAt = this.moment();
    this.askedAt = null;
  }

  /** A message came that the manager sent at this moment of its time, maybe long ago. */
  heard(at: string | null | undefined): void {
    const theirsMs = momentOf(at);
    if (Number.isNaN(theirsMs) || this.isInDoubt) return;
    this.learn(Math.max(theirsMs - this.clock.monotonicMs(), this.offsetMs ?? -Infinity));
  }

  /** A message went out that is answered with the time. */
  asked(): void {
    this.askedAt ??= this.moment();
  }

  get isAsked(): boolean {
    return this.askedAt !== null;
  }

  /** The answer: sent after we asked, so it is as young as that. */
  answered(at: string | null): void {
    const theirsMs = momentOf(at);
    if (Number.isNaN(theirsMs) || this.askedAt === null) return;
    const tookMs = this.since(this.askedAt);
    this.askedAt = null;
    if (tookMs <= believedWithinMs) this.learn(theirsMs - this.clock.monotonicMs());
  }

  /** The time should be asked for. */
  get isInDoubt(): boolean {
    return this.offsetMs !== null && Math.abs(this.drift(this.learntAt)) > stepMs;
  }

  /** Milliseconds since a message was sent, at most, by the manager's time of its sending. */
  ageOf(sentAtMs: number): number {
    const connectedMs = this.since(this.connectedAt);
    if (this.offsetMs === null || this.isInDoubt) return connectedMs;
    return Math.min(connectedMs, this.clock.monotonicMs() + this.offsetMs - sentAtMs);
  }

  /** ISO 8601: the manager's time as far as it is known, else the device's. */
  now(): string {
    const { offsetMs, clock } = this;
    const nowMs = offsetMs === null ? clock.wallMs() : clock.monotonicMs() + offsetMs;
    return new Date(nowMs).toISOString();
  }

  private learn(offsetMs: number): void {
    this.offsetMs = offsetMs;
    this.learntAt = this.moment();
  }

  private moment(): Moment {
    return { monotonicMs: this.clock.monotonicMs(), wallMs: this.clock.wallMs() };
  }

  /** How long ago at most: asleep, only the wall clock goes on. */
  private since({ monotonicMs, wallMs }: Moment): number {
    return Math.max(this.clock.monotonicMs() - monotonicMs, this.clock.wallMs() - wallMs);
  }

  private drift({ monotonicMs, wallMs }: Moment): number {
    return this.clock.wallMs() - wallMs - (this.clock.monotonicMs() - monotonicMs);
  }
}

interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

function momentOf(at: string | null | undefined): number {
  return typeof at === 'string' ? Date.parse(at) : Number.NaN;
}
