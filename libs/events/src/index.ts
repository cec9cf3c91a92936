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
export { canonicalJson, type JsonObject } from './log/canonical-json.js';
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
export { MemoryEventLog } from './log/memory/memory-event-log.js';
export type {
  RecordedReading,
  TelemetryLog,
  TruncationManifest,
} from './telemetry/telemetry-log.port.js';
export type {
  Checkpoint,
  CheckpointStore,
  ViewChange,
} from './checkpoint/checkpoint-store.port.js';
