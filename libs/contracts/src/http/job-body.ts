import { isObject } from '../parsing/parsing.js';
import { resourceCatalogue, resourceNames, type ResourceName } from '../resources/catalogue.js';
import { technologies, type Technology } from '../messages/technology.js';
import { maxJobCount } from '../messages/addresses.js';
import { reconcileChoices, usualPolicy, type ReconcileChoice } from './usual-policy.js';
import { commandForm, environmentForm, isCommand, isEnvironment } from './job-run.js';
import {
  anything,
  flag,
  formed,
  identifier,
  integer,
  listOf,
  nullable,
  oneOf,
  textOf,
  textOrNumber,
} from './kinds.js';
import { Field, namesOfShape, Shape, shaped } from './shape.js';

const dayMs = 86_400_000;
const waitMs = integer(100, dayMs);

/** Amounts of what the catalogue of resources has. */
export class RequestedResources {}

for (const name of resourceNames) {
  const { maximum } = resourceCatalogue[name];
  Field(integer(0, maximum), { optional: true })(RequestedResources.prototype, name);
}
Shape({ name: 'Resources', isOpen: true, example: { cpuMillis: 250, memoryMiB: 128 } })(
  RequestedResources,
);
export type Amounts = Readonly<Partial<Record<ResourceName, number>>>;

const constraintTypes = ['direct', 'architecture'] as const;

@Shape({ name: 'Constraint', isOpen: true, says: 'A rule about where instances may run.' })
export class ConstraintRule {
  @Field(oneOf(constraintTypes, 'constraint-unknown'))
  readonly type: (typeof constraintTypes)[number];

  @Field(identifier, { when: ({ type }) => type === 'direct', says: 'With `direct`.' })
  readonly node?: string | number;

  @Field(textOf(64), { when: ({ type }) => type === 'architecture', says: 'With `architecture`.' })
  readonly architecture?: string;
}

@Shape({ says: 'What becomes of an instance whose node is not heard of. Milliseconds.' })
export class OnDisconnectRules {
  @Field(flag, { optional: true, says: 'A lost instance is placed again elsewhere.' })
  readonly replace?: boolean;

  @Field(oneOf(reconcileChoices), { optional: true, says: 'Which one goes on when both run.' })
  readonly reconcile?: ReconcileChoice;

  @Field(nullable(integer(500, 30 * dayMs)), {
    optional: true,
    says: 'The node is not ready for this long: the instance is lost. Null: never.',
  })
  readonly lostAfterMs?: number | null;

  // A grant comes with every reading: a limit below a few periods would stop healthy instances.
  @Field(nullable(integer(10_000, 30 * dayMs)), {
    optional: true,
    says: 'The worker kills it without a grant for this long: it never runs twice.',
  })
  readonly stopOnWorkerAfterMs?: number | null;
}

@Shape({ says: 'How often and how soon a failed instance is tried again. Milliseconds.' })
export class RestartRules {
  @Field(nullable(integer(0, 1_000_000)), {
    optional: true,
    says: 'Failures in a row after which it is given up; null: never.',
  })
  readonly limit?: number | null;

  @Field(waitMs, {
    optional: true,
    says: 'Ceiling of the first wait; it doubles with each failure.',
  })
  readonly firstMs?: number;

  @Field(waitMs, { optional: true })
  readonly mostMs?: number;

  @Field(waitMs, {
    optional: true,
    says: 'An instance that ran for this long starts counting its failures anew.',
  })
  readonly resetAfterMs?: number;
}

@Shape({ says: 'How a new revision of the job is rolled out.' })
export class UpdateRules {
  @Field(integer(1, 10_000), { optional: true, says: 'Instances that may be missing at once.' })
  readonly maxUnavailable?: number;

  @Field(integer(0, dayMs), {
    optional: true,
    says: 'An updated instance counts once it has run for this long, milliseconds.',
  })
  readonly healthyAfterMs?: number;

  @Field(flag, { optional: true, says: 'Go back when an updated instance fails.' })
  readonly rollback?: boolean;
}

const labelText = {
  anyOf: [{ type: 'string', maxLength: 256 }, { type: 'number' }, { type: 'boolean' }],
};
type Scalar = string | number | boolean;

export const labels = formed<Readonly<Record<string, Scalar>>>(
  {
    type: 'object',
    maxProperties: 64,
    propertyNames: { maxLength: 128 },
    additionalProperties: labelText,
    example: { room: 'hall' },
  },
  (value) =>
    isObject(value) && Object.keys(value).length <= 64 && Object.entries(value).every(isLabel),
  'not an object of at most 64 labels, each a text of at most 256 characters',
);

function isLabel([key, label]: [string, unknown]): boolean {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof label);
  return key.length <= 128 && isScalar && String(label).length <= 256;
}

const command = formed<readonly string[]>(
  { type: 'array', items: { type: 'string' } },
  isCommand,
  `not of the form ${commandForm}`,
);

/**
 * The body of `POST /api/v1/jobs`. Each field of a job document stands here once: what is checked of
 * it, what is said of it, and that it is known. What is kept, shown and passed to the worker is the
 * whole document, so that a new field needs no other place but where it is used.
 */
@Shape({
  isOpen: true,
  says: 'Unknown fields are kept, travel to the scheduler and to the worker, and are named in the answer.',
  example: {
    id: 'web',
    name: 'web',
    image: 'nginx:1.27',
    technology: 'docker',
    count: 2,
    resources: { cpuMillis: 250, memoryMiB: 128 },
  },
})
export class SubmitJob {
  @Field(identifier, { optional: true, says: 'Chosen by the manager when it is left out.' })
  readonly id?: string | number;

  @Field(textOrNumber(256))
  readonly name: string | number;

  @Field(textOf(1024))
  readonly image: string;

  @Field(oneOf(technologies, 'technology-unknown'))
  readonly technology: Technology;

  @Field(integer(0, maxJobCount), { optional: true, default: 1 })
  readonly count?: number;

  @Field(shaped(RequestedResources), { optional: true, says: 'Reserved for each instance.' })
  readonly resources?: Amounts;

  @Field(labels, { optional: true, says: 'Labels that a node must carry.' })
  readonly labels?: Readonly<Record<string, Scalar>>;

  @Field(listOf(shaped(ConstraintRule), { max: 32, items: 'constraints' }), {
    optional: true,
    example: [
      { type: 'direct', node: 'n1' },
      { type: 'architecture', architecture: 'arm64' },
    ],
  })
  readonly constraints?: readonly ConstraintRule[];

  @Field(shaped(OnDisconnectRules), { optional: true, default: usualPolicy.onDisconnect })
  readonly onDisconnect?: OnDisconnectRules;

  @Field(shaped(RestartRules), { optional: true, default: usualPolicy.restart })
  readonly restart?: RestartRules;

  @Field(shaped(UpdateRules), { optional: true, default: usualPolicy.update })
  readonly update?: UpdateRules;

  @Field(flag, { optional: true, default: false, says: 'Exit code 0 completes an instance.' })
  readonly one_shot?: boolean;

  @Field(command, { optional: true, says: 'Program and arguments, instead of the image’s own.' })
  readonly cmd?: readonly string[];

  @Field(command, {
    optional: true,
    when: ({ cmd = null }) => cmd === null,
    says: 'Another name of `cmd`, which counts more.',
  })
  readonly command?: readonly string[];

  @Field(
    formed<readonly string[] | Readonly<Record<string, Scalar>>>(
      {
        oneOf: [
          { type: 'array', items: { type: 'string' } },
          { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
        ],
      },
      isEnvironment,
      `not of the form ${environmentForm}`,
    ),
    { optional: true },
  )
  readonly environment?: readonly string[] | Readonly<Record<string, Scalar>>;

  @Field(anything, { optional: true, says: 'For the runtime of a container.' })
  readonly network?: unknown;

  @Field(anything, { optional: true, says: 'For the technology `simulated`.' })
  readonly simulate?: unknown;
}

/** The fields of a job document that are known; others are kept, and warned about. */
export const jobFields: readonly string[] = namesOfShape(SubmitJob);
export const resourceFields: readonly string[] = resourceNames;
export const constraintFields: readonly string[] = namesOfShape(ConstraintRule);
