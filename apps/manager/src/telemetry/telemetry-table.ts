import type { ForeignLoad } from '@oakring/contracts';

/** The newest reading of a node, as queries join it in. */
export interface LatestReading {
  /** Percent, 0–100, two decimals. */
  readonly cpu: number;
  readonly memory: number;
}

/** Newest readings and signs of life by node: in memory, no part of a view. */
export interface TelemetryReader {
  /** Null before the first reading since the manager started. */
  latest(nodeId: string): LatestReading | null;
  /** Wall time (ms since 1970) of the last sign of life; null when nothing was heard. */
  lastSeenMs(nodeId: string): number | null;
  /** Foreign load of the nodes whose readings changed after number `newest`, and the newest number. */
  foreignSince(newest: number): {
    readonly newest: number;
    readonly foreign: readonly ForeignLoad[];
  };
}
