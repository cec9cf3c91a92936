import { isObject, type JsonObject, type Parsed } from '../parsing/parsing.js';
import { requestedOf } from '../resources/requested.js';
import { parseHealth } from './job-health.js';
import { parsePorts } from './job-ports.js';
import { parseProgram } from './job-program.js';
import { parseVolumes } from './job-volumes.js';
import type { SubmitJob } from './plain.js';

/**
 * Whether a field of a job document says how an instance runs, so that a change of it restarts instances.
 * The others say where, how many, or what then. A field that is not answered for here does not compile.
 */
const saysHowItRuns: Readonly<Record<keyof SubmitJob, boolean>> = {
  id: false,
  name: false,
  image: true,
  technology: true,
  count: false,
  resources: true,
  labels: false,
  nodeLabels: false,
  constraints: false,
  // But for `stopOnWorkerAfterMs`, below.
  onDisconnect: false,
  restart: false,
  update: false,
  one_shot: false,
  cmd: true,
  command: true,
  args: true,
  environment: true,
  workingDirectory: true,
  user: true,
  ports: true,
  volumes: true,
  health: true,
  pull: true,
  registryCredentials: true,
  network: true,
  simulate: true,
};
const notOfTheRun: ReadonlySet<string> = new Set(
  Object.entries(saysHowItRuns).flatMap(([name, saysSo]) => (saysSo ? [] : [name])),
);

/**
 * The part of a job document that decides how an instance runs, defaults written out: two documents
 * with the same one run alike, and nothing is restarted between them. What we do not know travels to
 * the worker, so it counts.
 */
export function runPartOf(document: JsonObject): JsonObject {
  const { onDisconnect } = document;
  const limit = isObject(onDisconnect) ? onDisconnect['stopOnWorkerAfterMs'] : null;
  const { cmd: _cmd, command: _command, args: _args, ...others } = document;
  return {
    ...Object.fromEntries(Object.entries(others).filter(([name]) => !notOfTheRun.has(name))),
    ...programOf(document),
    ...written('resources', document, requestedOf),
    ...written('ports', document, parsePorts),
    ...written('volumes', document, parseVolumes),
    ...written('health', document, parseHealth),
    // The worker itself ends the instance: it must have heard of it.
    stopOnWorkerAfterMs: limit ?? null,
  };
}

/** Written out; as it came where it cannot be read, which a document of before may have. */
function written(
  name: string,
  document: JsonObject,
  read: (document: JsonObject) => Parsed<unknown>,
): JsonObject {
  const parsed = read(document);
  return { [name]: parsed.ok ? parsed.value : document[name] };
}

function programOf(document: JsonObject): JsonObject {
  const program = parseProgram(document);
  if (!program.ok) return { command: [document['cmd'], document['command'], document['args']] };
  const { command, args, ...others } = program.value;
  // What follows a command is part of it, however it is divided.
  const whole = command === null ? { command, args } : { command: [...command, ...(args ?? [])] };
  return { ...others, ...whole };
}
