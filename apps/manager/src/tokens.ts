/** Injection tokens of what has no class of its own to be named by. */
export const PORTS = Symbol('Ports');
export const COMMAND_QUEUE = Symbol('CommandQueue');
export const EVENT_LOG = Symbol('EventLogReader');
export const TELEMETRY = Symbol('TelemetryReader');
export const TELEMETRY_LOG = Symbol('TelemetryLog');
/** `StateProof` of inbox/mqtt: whether a worker's report proves absence. */
export const STATE_PROOF = Symbol('StateProof');
