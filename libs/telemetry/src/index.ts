export { type FileTelemetryOptions, openFileTelemetryLog } from './file/file-telemetry-log.js';
export { MemoryTelemetryLog } from './memory/memory-telemetry-log.js';
export type {
  NodeReadings,
  RecordedReading,
  TelemetryLog,
  TruncationManifest,
} from './telemetry-log.port.js';
