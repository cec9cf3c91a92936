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
    one_shot: number(6) === 0,
    restart: { limit: pick([null, 1]) },
    onDisconnect: {
      replace: number(3) > 0,
      reconcile: pick(['keepReplacement', 'keepOriginal', 'longestRunning']),
      stopOnWorkerAfterMs: pick([null, null, 10_000]),
    },
  };
}
