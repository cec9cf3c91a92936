import type { Resources } from '@oakring/contracts';

/** Who plays: three machines of different sizes, and one small job. */

export interface DemoWorker {
  readonly id: string;
  readonly capacity: Resources;
  readonly labels: Readonly<Record<string, string>>;
}

export const demoWorkers: readonly DemoWorker[] = [
  {
    id: 'edge-amsterdam',
    capacity: { cpuMillis: 4000, memoryMiB: 8192 },
    labels: { city: 'amsterdam', zone: 'north' },
  },
  {
    id: 'edge-berlin',
    capacity: { cpuMillis: 2000, memoryMiB: 4096 },
    labels: { city: 'berlin', zone: 'north' },
  },
  {
    id: 'edge-lisbon',
    capacity: { cpuMillis: 1000, memoryMiB: 2048 },
    labels: { city: 'lisbon', zone: 'south' },
  },
];

/** The same body under the same id at every start: the manager answers it the same every time. */
export const demoJob = {
  id: 'hello',
  name: 'hello',
  image: 'demo/hello:1',
  technology: 'simulated',
  count: 3,
  resources: { cpuMillis: 250, memoryMiB: 128 },
} as const;
