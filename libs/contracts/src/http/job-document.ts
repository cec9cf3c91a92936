import { labelsOf } from '../parsing/parsing.js';
import {
  idOf,
  integerOf,
  isObject,
  refused,
  shortened,
  textOf,
  textOrNumberOf,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';
import { optional } from '../messages/codec.js';
import type { Resources } from '../resources/catalogue.js';
import { defaultRequest, resourcesOf } from '../resources/resources.js';
import { technologyOf, type Technology } from '../messages/technology.js';
import { maxJobCount } from '../messages/addresses.js';
import { parseJobPolicy, type JobPolicy } from './job-policy.js';
import { parseCommand, parseEnvironment } from './job-run.js';

/** A rule about where instances may run. Others are refused: an ignored constraint would be a lie. */
export type Constraint =
  | { readonly type: 'direct'; readonly node: string }
  | { readonly type: 'architecture'; readonly architecture: string };

/** What a job demands of a node; what `fits` looks at. */
export interface Requirement {
  readonly technology: Technology;
  /** Reserved for each instance. */
  readonly resources: Resources;
  /** Labels that a node must carry, with these values. */
  readonly labels: Readonly<Record<string, string>>;
  readonly constraints: readonly Constraint[];
  /** The worker must kill an instance that has no grant (docs/native-protocol.md, leases). */
  readonly enforcesStop: boolean;
}

/** A job as it was submitted, validated. */
export interface JobDocument extends Requirement {
  /** Null: the manager chooses one. */
  readonly id: string | null;
  readonly name: string;
  readonly image: string;
  readonly count: number;
  readonly policy: JobPolicy;
  /** The body as it came: unknown fields travel to the scheduler and to the worker. */
  readonly document: JsonObject;
}

/** Whether this is what `GET /api/v1/jobs/{id}` answers: the document is in it, beside what is said of the job. */
export function isJobAnswer(
  body: JsonObject,
): body is JsonObject & { readonly document: JsonObject } {
  const { document, instances, position, desired } = body;
  const saysSo = typeof position === 'number' && typeof desired === 'number';
  return saysSo && isObject(document) && Array.isArray(instances);
}

/** The body of `POST /api/v1/jobs`. */
export function parseJobDocument(body: JsonObject): Parsed<JobDocument> {
  if (isJobAnswer(body)) {
    // Taken as a document it would scale the job to 1 and drop what only its document says.
    const detail = 'The body is the answer about a job; what can be sent is its member document.';
    return refused('invalid-field', detail, 'document');
  }
  const id = optional(body['id'], null, (value) => idOf(value, 'id'));
  if (!id.ok) return id;
  const name = textOrNumberOf(body['name'], 'name', 256);
  if (!name.ok) return name;
  const image = textOf(body['image'], 'image', 1024);
  if (!image.ok) return image;
  const count = optional(body['count'], 1, countOf);
  if (!count.ok) return count;
  const policy = parseJobPolicy(body);
  if (!policy.ok) return policy;
  const requirement = parseRequirement(body);
  if (!requirement.ok) return requirement;
  // What a worker would fail at, again and again, is refused before it is a job.
  const command = parseCommand(body);
  if (!command.ok) return command;
  const environment = parseEnvironment(body);
  if (!environment.ok) return environment;
  return {
    ok: true,
    value: {
      id: id.value,
      name: name.value,
      image: image.value,
      count: count.value,
      policy: policy.value,
      ...requirement.value,
      document: body,
    },
  };
}

/** The part of a job document that placement looks at. */
export function parseRequirement(body: JsonObject): Parsed<Requirement> {
  const technology = technologyOf(body['technology'], 'technology');
  if (!technology.ok) return technology;
  const resources = optional(body['resources'], defaultRequest, (value) =>
    resourcesOf(value, 'resources', defaultRequest),
  );
  if (!resources.ok) return resources;
  const labels = optional(body['labels'], {}, (value) => labelsOf(value, 'labels'));
  if (!labels.ok) return labels;
  const constraints = optional(body['constraints'], [], constraintsOf);
  if (!constraints.ok) return constraints;
  return {
    ok: true,
    value: {
      technology: technology.value,
      resources: resources.value,
      labels: labels.value,
      constraints: constraints.value,
      enforcesStop: isLeased(body),
    },
  };
}

/** Whether the job document says that it must never run twice; its value is checked with the policy. */
function isLeased({ onDisconnect }: JsonObject): boolean {
  return isObject(onDisconnect) && typeof onDisconnect['stopOnWorkerAfterMs'] === 'number';
}

/** A number of instances: an integer from 0 to 10 000. */
export function countOf(value: unknown): Parsed<number> {
  return integerOf(value, 'count', { minimum: 0, maximum: maxJobCount });
}

function constraintsOf(value: unknown): Parsed<readonly Constraint[]> {
  if (!Array.isArray(value) || value.length > 32) {
    return refused(
      'invalid-field',
      'constraints is not a list of at most 32.',
      'constraints',
      value,
    );
  }
  const constraints: Constraint[] = [];
  for (const [index, entry] of value.entries()) {
    const constraint = constraintOf(entry, `constraints.${index}`);
    if (!constraint.ok) return constraint;
    constraints.push(constraint.value);
  }
  return { ok: true, value: constraints };
}

function constraintOf(entry: unknown, field: string): Parsed<Constraint> {
  if (!isObject(entry)) return refused('invalid-field', `${field} is not an object.`, field, entry);
  if (entry['type'] === 'direct') {
    const node = idOf(entry['node'], `${field}.node`);
    return node.ok ? { ok: true, value: { type: 'direct', node: node.value } } : node;
  }
  if (entry['type'] === 'architecture') {
    const architecture = textOf(entry['architecture'], `${field}.architecture`, 64);
    return architecture.ok
      ? { ok: true, value: { type: 'architecture', architecture: architecture.value } }
      : architecture;
  }
  return refused(
    'constraint-unknown',
    `${field}.type is ${JSON.stringify(shortened(entry['type'])) ?? 'missing'}; known are direct, architecture.`,
    `${field}.type`,
    entry['type'] ?? null,
  );
}
