export { examineWorker } from './examine-worker.js';
export { readWorkerOptions, type WorkerOptions } from './config/worker-options.js';
export { startWorker, type RunningWorker } from './start-worker.js';
export { workerLogTo, type WorkerLog, type WorkerLogKind } from './worker-log.js';
export { Session, type SessionParts } from './connect/session.js';
export type {
  LinkFactory,
  WorkerLink,
  WorkerLinkListener,
  WorkerLinkOptions,
} from './connect/worker-link.js';
export { MemoryWorkerStore } from './memory/memory-worker-store.js';
export { SimulatedRuntime } from './runtimes/simulated.runtime.js';
