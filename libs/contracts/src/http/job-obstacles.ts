import { refused, type JsonObject } from '../parsing/parsing.js';
import type { Refusal } from '../errors/catalogue.js';
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
  const name = Object.keys(environment.value).find((each) => own.test(each));
  if (name === undefined) return twiceIn(job) ?? whyNotVolumes(job);
  const detail = `environment sets ${name}, which the worker itself tells each instance; leave it out.`;
  return refused('invalid-field', detail, 'environment', name).refusal;
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
