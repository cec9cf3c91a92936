/** Injection tokens of what has no class of its own to be named by. */
export const PORTS = Symbol('Ports');
/** Commands of people and programs. */
export const COMMAND_QUEUE = Symbol('CommandQueue');
/** Commands of workers' messages: a `CommandQueue` as well. */
export const WORKER_COMMANDS = Symbol('WorkerCommands');
/** The `SigningKey` of this manager. */
export const SIGNING_KEY = Symbol('SigningKey');
export const EVENT_LOG = Symbol('EventLogReader');
export const TELEMETRY = Symbol('TelemetryReader');
export const TELEMETRY_LOG = Symbol('TelemetryLog');
/** `Correspondence` of inbox/mqtt: what the running term knows of its messages to workers. */
export const CORRESPONDENCE = Symbol('Correspondence');
/** Whether the broker lets nobody speak for a node that joined but that node: a boolean. */
export const BROKER_PROVES = Symbol('BrokerProves');
/** How many nodes may be registered. */
export const MAX_NODES = Symbol('MaxNodes');
/** `Streams` of streams: what workers say to whoever reads them, at the manager that leads. */
export const STREAMS = Symbol('Streams');
