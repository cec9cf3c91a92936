export {
  eventProblem,
  eventSchemas,
  isEventType,
  schemaVersion,
  type DomainEvent,
  type EventData,
  type EventType,
} from './catalogue/catalogue.js';
export type { DecisionBasis, PlacedInstance } from './catalogue/shapes.js';
export { spokenPolicy, wholePolicy } from './catalogue/spoken-policy.js';
export { canonicalJson, isJsonObject, type JsonObject } from './log/canonical-json.js';
export {
  decodeEvents,
  emptyHead,
  encodeEvent,
  hashCommit,
  headOf,
  maxCommitBytes,
  maxEventsPerCommit,
  sealCommit,
  type Commit,
  type DecidedCommand,
  type LogHead,
  type StoredEvent,
} from './log/commit.js';
export type { AppendOutcome, EventLogReader, EventLogWriter } from './log/event-log.port.js';
export { logDamaged, type Damage, type DamageKind } from './log/damage.js';
export { decodeStoredCommit, encodeStoredCommit, type DecodedCommit } from './log/stored-commit.js';
export {
  chainVerifier,
  verifyChain,
  type ChainCheck,
  type ChainVerifier,
} from './log/verify-chain.js';
export { openLmdbEventLog } from './log/lmdb/lmdb-event-log.js';
export { MemoryEventLog } from './log/memory/memory-event-log.js';
export type {
  NodeReadings,
  RecordedReading,
  TelemetryLog,
  TruncationManifest,
} from './telemetry/telemetry-log.port.js';
export type {
  Checkpoint,
  CheckpointStore,
  ViewChange,
} from './checkpoint/checkpoint-store.port.js';
export { openLmdbCheckpointStore } from './checkpoint/lmdb/lmdb-checkpoint-store.js';
export { MemoryCheckpointStore } from './checkpoint/memory/memory-checkpoint-store.js';
export {
  openFileTelemetryLog,
  type FileTelemetryOptions,
} from './telemetry/file/file-telemetry-log.js';
export { MemoryTelemetryLog } from './telemetry/memory/memory-telemetry-log.js';
export {
  emptyFrontier,
  merkleRoot,
  rangeProof,
  rootFromRange,
  rootOf,
  withLeaf,
  type MerkleFrontier,
} from './evidence/merkle-tree.js';
export {
  fingerprintOf,
  isSignedBy,
  signingKeyOf,
  type KeyStatement,
  type SealStatement,
  type SigningKey,
} from './evidence/seal.js';
export type { LeaseRecord, LeaseStore } from './lease/lease-store.port.js';
export { MemoryLeaseStore } from './lease/memory/memory-lease-store.js';
export { settleAppend, type RemoteCommits } from './log/settle-append.js';
export type { MongoStore } from './mongodb/connect-mongodb.js';
export {
  isMongoUrl,
  mayOpenLater,
  openEventLogReader,
  openEventStore,
  storeAddressOf,
} from './store/open-event-store.js';
export type { EventStore } from './store/event-store.port.js';
export { bundleLines, verifyBundle, type BundleCheck } from './evidence/bundle.js';
export type { KnownKey } from './evidence/key-ring.js';
export {
  ledgerVerifier,
  type LedgerReport,
  type LedgerVerifier,
} from './evidence/ledger-verifier.js';
export { walkLedger } from './log/lmdb/walk-ledger.js';
export { holdSnapshot } from './log/lmdb/hold-snapshot.js';
