export { fileTelemetryReader } from './file/file-telemetry-reader.js';
export { openFileTelemetryLog } from './file/file-telemetry-log.js';
export { MemoryTelemetryLog } from './memory/memory-telemetry-log.js';
export { mongoTelemetryLog, mongoTelemetryReader } from './mongodb/mongo-telemetry-log.js';
export { BatchChain, restoreFileLines, restoreMongoLines } from './restore-lines.js';
export type {
  NodeReadings,
  RecordedReading,
  TelemetryLog,
  TelemetryLogReader,
  TelemetryLogWriter,
  TruncationManifest,
} from './telemetry-log.port.js';
