import { OakringError } from '../errors/oakring-error.js';
import { labelsOf } from '../parsing/parsing.js';
import {
  idOf,
  isObject,
  refused,
  shownIn,
  textOf,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';
import { optional } from '../messages/codec.js';
import type { Resources } from '../resources/catalogue.js';
import { requestedOf } from '../resources/requested.js';
import { runtimeOf, technologyOf } from '../messages/technology.js';
import type { SubmitJob } from './plain.js';
import { policyOf, type JobPolicy } from './job-policy.js';
import { neededFeatures, type NeedConstraint } from './job-needs.js';
import { whyNotRun, whyNotUpdated } from './job-obstacles.js';
import { whyNotOfTechnology } from './technology-fields.js';
import { rootConstraintOf, type RootConstraint } from './root-constraints.js';

/** A rule about where instances may run. Others are refused: an ignored constraint would be a lie. */
export type Constraint =
  | { readonly type: 'direct'; readonly node: string }
  | { readonly type: 'architecture'; readonly architecture: string }
  | RootConstraint
  | NeedConstraint;

/** What a job demands of a node; what `fits` looks at. */
export interface Requirement {
  /** Of the known ones, or a runtime by its name where a root numbers the job's instances. */
  readonly technology: string;
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

/** A document that passed the rules of `SubmitJob`, with what it leaves out. */
export function jobOf(body: SubmitJob): JobDocument {
  const document: JsonObject = body;
  const requirement = parseRequirement(document);
  if (!requirement.ok) throw new OakringError(requirement.refusal);
  const policy = policyOf(body);
  const never = whyNotOfTechnology(document) ?? whyNotRun(document) ?? whyNotUpdated(policy);
  if (never !== null) throw new OakringError(never);
  return {
    id: (body.id ?? null) === null ? null : String(body.id),
    name: String(body.name),
    image: body.image,
    count: body.count ?? 1,
    policy,
    ...requirement.value,
    document,
  };
}

/** The part of a job document that placement looks at. */
export function parseRequirement(body: JsonObject): Parsed<Requirement> {
  // What runtimes its workers have is a root's own affair: there is no list of them.
  const nameOf = body['numbering'] === 'given' ? runtimeOf : technologyOf;
  const technology: Parsed<string> = nameOf(body['technology'], 'technology');
  if (!technology.ok) return technology;
  const resources = requestedOf(body);
  if (!resources.ok) return resources;
  const labels = optional(body['nodeLabels'], {}, (value) => labelsOf(value, 'nodeLabels'));
  if (!labels.ok) return labels;
  const constraints = optional(body['constraints'], [], constraintsOf);
  if (!constraints.ok) return constraints;
  return {
    ok: true,
    value: {
      technology: technology.value,
      resources: resources.value,
      labels: labels.value,
      constraints: withNeeds(constraints.value, body),
      enforcesStop: isLeased(body),
    },
  };
}

/** What its fields need of a node is a rule as well. */
function withNeeds(stated: readonly Constraint[], body: JsonObject): readonly Constraint[] {
  const needs = neededFeatures(body);
  return needs.length === 0 ? stated : [...stated, ...needs];
}

/** Whether the job document says that it must never run twice; its value is checked with the policy. */
function isLeased({ onDisconnect }: JsonObject): boolean {
  return isObject(onDisconnect) && typeof onDisconnect['stopOnWorkerAfterMs'] === 'number';
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
  const ofRoot = rootConstraintOf(entry, field);
  if (ofRoot !== null) return ofRoot;
  if (entry['type'] === 'architecture') {
    const architecture = textOf(entry['architecture'], `${field}.architecture`, 64);
    return architecture.ok
      ? { ok: true, value: { type: 'architecture', architecture: architecture.value } }
      : architecture;
  }
  return refused(
    'constraint-unknown',
    `${field}.type is ${shownIn(entry['type'])}; known are direct, architecture.`,
    `${field}.type`,
    entry['type'] ?? null,
  );
}
