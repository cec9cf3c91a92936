export const reconcileChoices = ['keepReplacement', 'keepOriginal', 'longestRunning'] as const;
export type ReconcileChoice = (typeof reconcileChoices)[number];

/** What a job asks for that says nothing of it. */
export const usualPolicy = {
  onDisconnect: {
    replace: true,
    reconcile: 'keepReplacement' as const,
    lostAfterMs: 30_000,
    stopOnWorkerAfterMs: null,
  },
  restart: { limit: 10, firstMs: 1_000, mostMs: 300_000, resetAfterMs: 600_000 },
  update: {
    maxUnavailable: 1,
    healthyAfterMs: 5_000,
    rollback: true,
    surge: 0,
    placeWithinMs: null,
  },
  oneShot: false,
};
