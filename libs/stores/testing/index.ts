export { dataFileName } from '../src/lmdb/environment.js';
export { inspectDataFile } from '../src/lmdb/data-file.js';
export { walkLedger } from '../src/log/lmdb/walk-ledger.js';
