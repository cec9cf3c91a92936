import type { ReportedInstance, WorkerState } from '@oakring/contracts';

/** Reports of nodes that are being put together at a time; the oldest is given up first. */
const maxUnfinished = 1_000;

interface Unfinished {
  readonly of: string;
  readonly pages: Map<number, readonly ReportedInstance[]>;
  unreadable: number;
}

/**
 * A worker with many instances reports them in pages. They become one report again once all are
 * there; a page of another report starts anew, and what is never completed is asked for again.
 */
export class StatePages {
  private readonly unfinished = new Map<string, Unfinished>();

  /** The complete report, or null while pages are missing. */
  take(nodeId: string, state: WorkerState): WorkerState | null {
    const { page = 1, pages = 1 } = state;
    if (pages === 1) return state;
    const of = JSON.stringify([state.incarnation, state.requestId, pages]);
    const known = this.unfinished.get(nodeId);
    const report = known?.of === of ? known : { of, pages: new Map(), unreadable: 0 };
    report.pages.set(page, state.instances);
    report.unreadable += state.unreadable ?? 0;
    this.unfinished.delete(nodeId);
    if (report.pages.size === pages) {
      const instances = [...report.pages.entries()].sort(([a], [b]) => a - b);
      const { unreadable } = report;
      const whole = instances.flatMap(([, part]) => part);
      return { ...state, page: 1, pages: 1, unreadable, instances: whole };
    }
    this.unfinished.set(nodeId, report);
    for (const oldest of this.unfinished.keys()) {
      if (this.unfinished.size <= maxUnfinished) break;
      this.unfinished.delete(oldest);
    }
    return null;
  }
}
