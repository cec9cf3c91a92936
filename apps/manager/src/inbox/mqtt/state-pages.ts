import type { Refusal, ReportedInstance, WorkerState } from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';

/** Reports that are being put together at a time, and what their pages had in bytes, of all nodes. */
const maxUnfinished = 1_000;
const maxUnfinishedBytes = 32 * 1_048_576;
/** The pages of a report are sent in one go. */
const completeWithinMs = 10_000;

interface Page {
  readonly instances: readonly ReportedInstance[];
  readonly unreadable: number;
  readonly bytes: number;
}

interface Unfinished {
  readonly of: string;
  /** Where its pages come. */
  readonly topic: string;
  readonly pages: Map<number, Page>;
  readonly sinceMs: number;
  bytes: number;
}

/**
 * A worker with many instances reports them in pages. They become one report again once all are
 * there; a page of another report starts anew, and what is never completed is asked for again.
 *
 * Unfinished reports are bounded by count, bytes and time, whoever sent them: the one begun first is
 * given up first. Whether the sender may speak at all is asked before a page comes here.
 */
export class StatePages {
  /** Those that were begun first come first. */
  private readonly unfinished = new Map<string, Unfinished>();
  private bytes = 0;
  private timer: Timer | null = null;

  constructor(
    private readonly ports: Ports,
    /** Hears of each report that was given up. */
    private readonly onGivenUp: (nodeId: string, refusal: Refusal, topic: string) => void,
  ) {}

  /** What is kept of unfinished reports, in bytes of the messages that they came in. */
  get keptBytes(): number {
    return this.bytes;
  }

  /** The complete report, or null while pages are missing. `bytes`, `topic`: of the message. */
  take(nodeId: string, state: WorkerState, bytes: number, topic: string): WorkerState | null {
    const { page = 1, pages = 1 } = state;
    if (pages === 1) return state;
    const report = this.reportOf(nodeId, state, topic);
    const before = report.pages.get(page)?.bytes ?? 0;
    report.pages.set(page, {
      instances: state.instances,
      unreadable: state.unreadable ?? 0,
      bytes,
    });
    report.bytes += bytes - before;
    this.bytes += bytes - before;
    if (report.pages.size === pages) {
      this.drop(nodeId, report);
      const parts = [...report.pages.entries()].sort(([a], [b]) => a - b);
      const instances = parts.flatMap(([, part]) => part.instances);
      const unreadable = parts.reduce((sum, [, part]) => sum + part.unreadable, 0);
      return { ...state, page: 1, pages: 1, unreadable, instances };
    }
    this.giveUpWhatFindsNoRoom();
    return null;
  }

  private reportOf(
    nodeId: string,
    { incarnation, requestId, pages }: WorkerState,
    topic: string,
  ): Unfinished {
    const of = JSON.stringify([incarnation, requestId, pages]);
    const known = this.unfinished.get(nodeId);
    if (known?.of === of) return known;
    if (known !== undefined) this.drop(nodeId, known);
    const sinceMs = this.ports.clock.monotonicMs();
    const report = { of, topic, pages: new Map(), sinceMs, bytes: 0 };
    this.unfinished.set(nodeId, report);
    this.timer ??= this.ports.timers.after(completeWithinMs, () => this.giveUpWhatIsLate());
    return report;
  }

  private giveUpWhatFindsNoRoom(): void {
    for (const [nodeId, report] of this.unfinished) {
      if (this.unfinished.size <= maxUnfinished && this.bytes <= maxUnfinishedBytes) return;
      const kept = `${this.unfinished.size} unfinished reports of ${this.bytes} bytes`;
      this.giveUp(nodeId, report, `there were ${kept}`);
    }
  }

  private giveUpWhatIsLate(): void {
    this.timer = null;
    const nowMs = this.ports.clock.monotonicMs();
    for (const [nodeId, report] of this.unfinished) {
      const leftMs = report.sinceMs + completeWithinMs - nowMs;
      if (leftMs > 0) {
        this.timer = this.ports.timers.after(leftMs, () => this.giveUpWhatIsLate());
        return;
      }
      this.giveUp(nodeId, report, `the others did not come within ${completeWithinMs / 1_000} s`);
    }
  }

  private giveUp(nodeId: string, report: Unfinished, why: string): void {
    this.drop(nodeId, report);
    const came = `${report.pages.size} of its pages came`;
    const detail = `The state of node ${nodeId} was given up: ${came}; ${why}.`;
    this.onGivenUp(nodeId, { code: 'report-incomplete', detail }, report.topic);
  }

  private drop(nodeId: string, report: Unfinished): void {
    this.unfinished.delete(nodeId);
    this.bytes -= report.bytes;
  }
}
