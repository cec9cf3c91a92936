import type { Clock } from '@oakring/ports';

/** The newest report that the root has taken. */
export interface TakenReport {
  /** Wall clock. */
  readonly atMs: number;
  readonly tookMs: number;
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
  private reported: TakenReport | null = null;
  private calls = { registrations: 0, reports: 0, failures: 0 };

  constructor(private readonly clock: Clock) {}

  /** A term begins. */
  begin(): void {
    this.id = null;
    this.heardMs = Number.NEGATIVE_INFINITY;
    this.reported = null;
  }

  registered(id: string): void {
    this.id = id;
    this.heardMs = this.clock.monotonicMs();
    this.calls.registrations += 1;
  }

  taken(report: TakenReport): void {
    this.heardMs = this.clock.monotonicMs();
    this.reported = report;
    this.calls.reports += 1;
  }

  failed(): void {
    this.heardMs = Number.NEGATIVE_INFINITY;
    this.calls.failures += 1;
  }

  now(): { readonly clusterId: string | null; readonly isConnected: boolean } {
    const isConnected = this.clock.monotonicMs() - this.heardMs < silentAfterMs;
    return { clusterId: this.id, isConnected };
  }

  get lastReport(): TakenReport | null {
    return this.reported;
  }

  /** Since the start. */
  get counts(): { registrations: number; reports: number; failures: number } {
    return { ...this.calls };
  }
}
