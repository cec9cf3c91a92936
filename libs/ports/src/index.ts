export { ceilingMs, fullJitterMs, halfJitterMs, type Backoff } from './backoff.js';
export type { Clock } from './clock.port.js';
export type { Ids } from './ids.port.js';
export type { Randomness } from './randomness.port.js';
export type { Timer, Timers } from './timers.port.js';
export { seededRandomness } from './seeded-randomness.js';
export { endAtUncaughtErrors, endNow, endWithin, exitNeverWaitsFor } from './system/process-end.js';
export {
  silentTracer,
  type Span,
  type SpanFacts,
  type SpanKind,
  type Tracer,
} from './tracer.port.js';
export { systemPorts, type Ports } from './system/system-ports.js';
export { simulatedPorts, type SimulatedPorts } from './simulated/simulated-ports.js';
export { LastWords } from './system/last-words.js';
export { runService } from './system/run-service.js';
export { Undo } from './system/undo.js';
