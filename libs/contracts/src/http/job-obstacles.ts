import { refused, type JsonObject } from '../parsing/parsing.js';
import type { Refusal } from '../errors/catalogue.js';
import { parseEnvironment } from './job-run.js';

/** What an instance is told of itself by variables of its environment. */
export interface OwnVariables {
  readonly OAKRING_JOB: string;
  readonly OAKRING_INSTANCE: string;
  readonly OAKRING_GENERATION: string;
  readonly OAKRING_NODE: string;
}

const own = /^OAKRING_(?:JOB|INSTANCE|GENERATION|NODE|(?:PORT|VOLUME)_.*)$/;

/** Why no worker could run a document that is otherwise in order; null: some could. */
export function whyNotRun(job: JsonObject): Refusal | null {
  // What a root's job is translated to has nothing but its root's words.
  if (job['numbering'] === 'given') return null;
  const environment = parseEnvironment(job);
  if (!environment.ok) return environment.refusal;
  const name = Object.keys(environment.value).find((each) => own.test(each));
  if (name === undefined) return null;
  const detail = `environment sets ${name}, which the worker itself tells each instance; leave it out.`;
  return refused('invalid-field', detail, 'environment', name).refusal;
}
