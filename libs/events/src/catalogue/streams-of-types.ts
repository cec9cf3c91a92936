import { accessEvents } from './access-events.js';
import { clusterEvents } from './cluster-events.js';
import { evidenceEvents } from './evidence-events.js';
import { jobEvents } from './job-events.js';
import { nodeEvents } from './node-events.js';
import { secretEvents } from './secret-events.js';
import {
  accessStream,
  checkpointsStream,
  clusterStream,
  jobStream,
  nodeStream,
  sealsStream,
  secretsStream,
} from './streams.js';

/** Of each type, what the names of its streams begin with. */
const prefixes: ReadonlyMap<string, string> = new Map([
  ...named(jobEvents, jobStream('')),
  ...named(nodeEvents, nodeStream('')),
]);
/** Of each type that has one stream, which that is. */
const names: ReadonlyMap<string, string> = new Map([
  ...named(clusterEvents, clusterStream),
  ...named(accessEvents, accessStream),
  ...named(secretEvents, secretsStream),
  ...named(evidenceEvents, sealsStream),
  ['CheckpointSigned', checkpointsStream],
  ['CheckpointStamped', checkpointsStream],
  ['CheckpointCosigned', checkpointsStream],
]);

/** `StreamOf`, for events that were read. */
export function isStreamOf(type: string, stream: string): boolean {
  const prefix = prefixes.get(type);
  return prefix === undefined
    ? names.get(type) === stream
    : stream.startsWith(prefix) && stream.length > prefix.length;
}

/** The one stream of a type, or what the names of its streams begin with; null: it is no type. */
export function streamsOf(type: string): { name: string } | { prefix: string } | null {
  const prefix = prefixes.get(type);
  if (prefix !== undefined) return { prefix };
  const name = names.get(type);
  return name === undefined ? null : { name };
}

function named(types: object, stream: string): [string, string][] {
  return Object.keys(types).map((type) => [type, stream]);
}
