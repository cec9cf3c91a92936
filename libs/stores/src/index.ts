export type {
  Checkpoint,
  CheckpointStore,
  ViewChange,
} from './checkpoint/checkpoint-store.port.js';
export { openLmdbCheckpointStore } from './checkpoint/lmdb/lmdb-checkpoint-store.js';
export { MemoryCheckpointStore } from './checkpoint/memory/memory-checkpoint-store.js';
export type { LeaseRecord, LeaseStore } from './lease/lease-store.port.js';
export { MemoryLeaseStore } from './lease/memory/memory-lease-store.js';
export type { AppendOutcome, EventLogReader, EventLogWriter } from './log/event-log.port.js';
export { holdSnapshot } from './log/lmdb/hold-snapshot.js';
export { openLmdbEventLog } from './log/lmdb/lmdb-event-log.js';
export { walkLedgerOnThreads } from './log/lmdb/walk-ledger.js';
export { MemoryEventLog } from './log/memory/memory-event-log.js';
export { type RemoteCommits, settleAppend } from './log/settle-append.js';
export { streamVersionsOf } from './log/stream-versions.js';
export type { MongoStore } from './mongodb/connect-mongodb.js';
export { readForeignDocuments } from './store/foreign-documents.js';
export { examineStore } from './store/examine-store.js';
export type { EventStore } from './store/event-store.port.js';
export type { RestoreMark } from './store/restore-mark.port.js';
export {
  isMongoUrl,
  mayOpenLater,
  openEventLogReader,
  openEventStore,
  openStoreForRestore,
  refuseHalfRestored,
  storeAddressOf,
} from './store/open-event-store.js';
export type { DataKeyStore } from './keys/data-key-store.port.js';
export { MemoryDataKeys } from './keys/memory-data-keys.js';
export { openDataKeys } from './keys/open-data-keys.js';
