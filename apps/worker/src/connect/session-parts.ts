import type { Ports } from '@oakring/ports';
import type { WorkerOptions } from '../config/worker-options.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import type { WorkerLog } from '../worker-log.js';
import type { LinkFactory } from './worker-link.js';

export interface SessionParts {
  readonly options: WorkerOptions;
  readonly store: WorkerStore;
  readonly runtimes: readonly Runtime[];
  readonly link: LinkFactory;
  readonly ports: Ports;
  readonly log: WorkerLog;
  /** Start number `by` of the id has taken its place: this one has stopped what it ran. */
  readonly superseded?: (by: number) => void;
}
