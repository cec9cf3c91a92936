import { isObject, type JsonObject } from '../parsing/parsing.js';
import { defaultRequest, resourcesOf } from '../resources/resources.js';
import { parseCommand, parseEnvironment } from './job-run.js';
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
  constraints: false,
  // But for `stopOnWorkerAfterMs`, below.
  onDisconnect: false,
  restart: false,
  update: false,
  one_shot: false,
  cmd: true,
  command: true,
  environment: true,
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
  const { cmd: _cmd, command: _command, environment, resources, ...others } = document;
  const command = parseCommand(document);
  const variables = parseEnvironment(document);
  const reserved = resourcesOf(resources ?? {}, 'resources', defaultRequest);
  const { onDisconnect } = document;
  const limit = isObject(onDisconnect) ? onDisconnect['stopOnWorkerAfterMs'] : null;
  return {
    ...Object.fromEntries(Object.entries(others).filter(([name]) => !notOfTheRun.has(name))),
    resources: reserved.ok ? reserved.value : resources,
    command: command.ok ? command.value : [_cmd, _command],
    environment: variables.ok ? variables.value : environment,
    // The worker itself ends the instance: it must have heard of it.
    stopOnWorkerAfterMs: limit ?? null,
  };
}
