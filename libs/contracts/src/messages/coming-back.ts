/**
 * How a worker comes back to a broker that was away (docs/native-protocol.md, Coming back): waits for anything up to
 * a time that doubles with each failure, from `firstMs` to `mostMs`, and tries for `attemptMs` to connect.
 */
export const workerComesBack = { firstMs: 500, mostMs: 15_000, attemptMs: 5_000 } as const;
