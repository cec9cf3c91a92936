export type { Clock } from './clock.port.js';
export type { Ids } from './ids.port.js';
export type { Randomness } from './randomness.port.js';
export type { Timer, Timers } from './timers.port.js';
export { seededRandomness } from './seeded-randomness.js';
export { endAtUncaughtErrors, endNow, endWithin } from './system/process-end.js';
export { systemPorts, type Ports } from './system/system-ports.js';
export { simulatedPorts, type SimulatedPorts } from './simulated/simulated-ports.js';
