export { readWorkerOptions, type WorkerOptions } from './config/worker-options.js';
export { startWorker, type RunningWorker } from './start-worker.js';
export type { WorkerLog, WorkerLogKind } from './worker-log.js';
