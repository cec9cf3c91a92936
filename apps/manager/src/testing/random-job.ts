export const nodeIds = ['a', 'b', 'c', 'd'];

export interface Chance {
  pick<T>(list: readonly T[]): T;
  /** From 0, below the bound. */
  number(bound: number): number;
}

/** A job that asks for something, and may go here or there. */
export function randomJob({ pick, number }: Chance): Record<string, unknown> {
  const constraints = [
    ...pick([[], [], [], [{ type: 'architecture', architecture: pick(['amd64', 'arm64']) }]]),
    ...pick([[], [], [], [], [{ type: 'direct', node: pick(nodeIds) }]]),
  ];
  return {
    count: number(5),
    image: pick(['x', 'y']),
    nodeLabels: pick([{}, {}, {}, { zone: 'north' }]),
    constraints,
    resources: { cpuMillis: 50 * (1 + number(5)), memoryMiB: 32 * (1 + number(4)) },
    ...pick([{}, {}, { health: { tcp: { port: 80 } } }]),
    ...pick([{}, {}, {}, { ports: [pick(['80', '127.0.0.1:80:80', '81'])] }]),
    restart: { limit: pick([null, 1]) },
    ...rulesOf({ pick, number }),
  };
}

/** What must never run twice, or runs to its end, is not updated by a new one beside it. */
function rulesOf({ pick, number }: Chance): Record<string, unknown> {
  const isOneShot = number(6) === 0;
  const stopOnWorkerAfterMs = pick([null, null, 10_000]);
  const isPlain = !isOneShot && stopOnWorkerAfterMs === null;
  const surge = isPlain ? pick([0, 1, 2, 2]) : 0;
  return {
    one_shot: isOneShot,
    update: { surge, maxUnavailable: surge === 0 ? 1 : number(2), rollback: number(3) > 0 },
    onDisconnect: {
      replace: number(3) > 0,
      reconcile: pick(['keepReplacement', 'keepOriginal', 'longestRunning']),
      stopOnWorkerAfterMs,
    },
  };
}
