import { refused, type JsonObject } from '../parsing/parsing.js';
import type { Refusal } from '../errors/catalogue.js';
import type { JobPolicy } from './job-policy.js';
import { parsePorts } from './job-ports.js';
import { parseEnvironment } from './job-run.js';
import { parseVolumes } from './job-volumes.js';
import { clash, portKey } from './port-keys.js';

/** What an instance is told of itself by variables of its environment. */
export interface OwnVariables {
  readonly OAKRING_JOB: string;
  readonly OAKRING_INSTANCE: string;
  readonly OAKRING_GENERATION: string;
  readonly OAKRING_NODE: string;
}

const own = /^OAKRING_(?:JOB|INSTANCE|GENERATION|NODE|(?:PORT|ADDRESS|VOLUME)_.*)$/;

/** Why no worker could run a document that is otherwise in order; null: some could. */
export function whyNotRun(job: JsonObject): Refusal | null {
  // What a root's job is translated to has nothing but its root's words.
  if (job['numbering'] === 'given') return null;
  const environment = parseEnvironment(job);
  if (!environment.ok) return environment.refusal;
  const { environment: variables, secretEnvironment } = environment.value;
  const names = [...Object.keys(variables), ...Object.keys(secretEnvironment)];
  const name = names.find((each) => own.test(each));
  if (name === undefined) return twiceIn(job) ?? whyNotVolumes(job);
  const detail = `environment sets ${name}, which the worker itself tells each instance; leave it out.`;
  return refused('invalid-field', detail, 'environment', name).refusal;
}

/** Why no update of a job could keep to what its document says of them; null: one could. */
export function whyNotUpdated({ update, onDisconnect, oneShot }: JobPolicy): Refusal | null {
  const { surge, maxUnavailable } = update;
  if (surge === 0) {
    if (maxUnavailable > 0) return null;
    const detail =
      'update.maxUnavailable is 0 and update.surge is 0: no instance could ever be updated. ' +
      'Let one be missing (maxUnavailable 1), or a new one run beside the old one (surge 1).';
    return refused('invalid-field', detail, 'update.maxUnavailable', maxUnavailable).refusal;
  }
  const why =
    onDisconnect.stopOnWorkerAfterMs !== null
      ? 'onDisconnect.stopOnWorkerAfterMs says that it must never run twice'
      : oneShot
        ? 'one_shot says that it is to run to its end once'
        : null;
  if (why === null) return null;
  const detail = `update.surge is ${surge}, and ${why}: a new one would run beside the old one. Leave one of them out.`;
  return refused('invalid-field', detail, 'update.surge', surge).refusal;
}

/** No instance could ever have both. */
function twiceIn(job: JsonObject): Refusal | null {
  const ports = parsePorts(job);
  if (!ports.ok) return ports.refusal;
  const keys = ports.value.map(portKey);
  for (const [at, key] of keys.entries()) {
    const twin = keys.slice(0, at).find((other) => clash(other, key));
    if (twin === undefined) continue;
    const detail = `ports.${at} publishes ${key}, which is published already as ${twin}.`;
    return refused('invalid-field', detail, `ports.${at}`, key).refusal;
  }
  return null;
}

function whyNotVolumes(job: JsonObject): Refusal | null {
  const volumes = parseVolumes(job);
  if (!volumes.ok) return volumes.refusal;
  for (const [at, { target }] of volumes.value.entries()) {
    const field = `volumes.${at}`;
    const isTwice = volumes.value.slice(0, at).some((other) => other.target === target);
    if (target === null || !isTwice) continue;
    const detail = `${field}.target is ${target}, where another one is already.`;
    return refused('invalid-field', detail, `${field}.target`, target).refusal;
  }
  return null;
}
