import type { Clock } from '@oakring/ports';

/** The newest report that the root has taken. */
export interface TakenReport {
  /** Wall clock. */
  readonly atMs: number;
  readonly tookMs: number;
  /** Of that, to build it. */
  readonly builtMs: number;
  readonly bytes: number;
  readonly instances: number;
}

/** A report comes every 15 s: after that long without an answer we do not know it to be there. */
const silentAfterMs = 20_000;

/** How we stand with the root, as it is shown; while another leads it is not ours to say. */
export class RootStanding {
  private id: string | null = null;
  /** Monotonic: its newest answer. */
  private heardMs = Number.NEGATIVE_INFINITY;
  /** Wall clock: since when it answers; null: it did not. */
  private sinceMs: number | null = null;
  private forgotAtMs = 0;
  private reported: TakenReport | null = null;
  private calls = { registrations: 0, reports: 0, failures: 0 };

  constructor(private readonly clock: Clock) {}

  /** A term begins. */
  begin(): void {
    this.id = null;
    this.heardMs = Number.NEGATIVE_INFINITY;
    this.sinceMs = null;
    this.forgotAtMs = this.clock.wallMs();
    this.reported = null;
  }

  registered(id: string): void {
    this.id = id;
    this.heard();
    this.calls.registrations += 1;
  }

  taken(report: TakenReport): void {
    this.heard();
    this.reported = report;
    this.calls.reports += 1;
  }

  failed(): void {
    this.heardMs = Number.NEGATIVE_INFINITY;
    this.calls.failures += 1;
  }

  now(): {
    readonly clusterId: string | null;
    readonly isConnected: boolean;
    readonly sinceMs: number | null;
  } {
    const { isConnected } = this;
    return { clusterId: this.id, isConnected, sinceMs: isConnected ? this.sinceMs : null };
  }

  /** It knows us by another id than before. */
  forgot(): void {
    this.forgotAtMs = this.clock.wallMs();
  }

  /** Wall clock: since when what it forgot is known to this term. */
  get forgotMs(): number {
    return this.forgotAtMs;
  }

  get lastReport(): TakenReport | null {
    return this.reported;
  }

  /** Since the start. */
  get counts(): { registrations: number; reports: number; failures: number } {
    return { ...this.calls };
  }

  private get isConnected(): boolean {
    return this.clock.monotonicMs() - this.heardMs < silentAfterMs;
  }

  private heard(): void {
    if (!this.isConnected) this.sinceMs = this.clock.wallMs();
    this.heardMs = this.clock.monotonicMs();
  }
}
