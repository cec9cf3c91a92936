import type { WorkerStanding } from '../../connect/measured-session.js';

/** What `GET /status` of a worker answers; times are ISO 8601, by this machine's clock. */
export interface StatusAnswer extends Omit<WorkerStanding, 'refusedOrders'> {
  readonly at: string;
  /** Of the software. */
  readonly version: string;
  readonly refusedOrders: readonly (Omit<WorkerStanding['refusedOrders'][number], 'atMs'> & {
    readonly at: string;
  })[];
}

export function statusAnswer(
  { refusedOrders, ...standing }: WorkerStanding,
  { nowMs, version }: { readonly nowMs: number; readonly version: string },
): StatusAnswer {
  return {
    at: new Date(nowMs).toISOString(),
    version,
    ...standing,
    refusedOrders: refusedOrders.map(({ atMs, ...order }) => ({
      at: new Date(atMs).toISOString(),
      ...order,
    })),
  };
}
