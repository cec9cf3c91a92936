import type { Ack } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { Leases } from '../lease/leases.js';
import type { Remembered } from '../memory/worker-store.port.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import type { News } from './news.js';

type Acknowledge = (ack: Omit<Ack, 'incarnation'>) => void;

export interface InstancesParts {
  readonly runtimes: readonly Runtime[];
  readonly ports: Pick<Ports, 'clock' | 'timers'>;
  readonly leases: Leases;
  /** What was known before this start. */
  readonly before: Remembered;
  /** Resolves once what is known now is durable; never rejects. */
  readonly keep: () => Promise<void>;
  readonly acknowledge: Acknowledge;
  readonly news: News;
  /** Something waits for a grant: the next reading should not wait. */
  readonly needsGrant: () => void;
}
