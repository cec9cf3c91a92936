import { technologies, type Technology } from '../messages/technology.js';
import { maxJobCount } from '../messages/addresses.js';
import { usualPolicy } from './usual-policy.js';
import { OnDisconnectRules, RestartRules, UpdateRules } from './failure-rules.js';
import { maxPorts } from './job-ports.js';
import { pullChoices, userExpectation, userPattern, type PullChoice } from './job-program.js';
import { environmentForm, isEnvironment } from './job-run.js';
import { isSecretReference, secretName, type SecretReference } from './job-secrets.js';
import { maxVolumes } from './job-volumes.js';
import {
  anything,
  flag,
  formed,
  identifier,
  integer,
  listOf,
  oneOf,
  textOf,
  textOrNumber,
} from './kinds.js';
import { ConstraintRule, labels, type Scalar } from './placement-rules.js';
import {
  commandList,
  HealthRule,
  name,
  path,
  portRule,
  PortRule,
  volumeRule,
  VolumeRule,
} from './program-rules.js';
import { RequestedAmounts, type Requested } from './resource-amounts.js';
import { Field, Shape, shaped } from './shape.js';
import { SimulateRules } from './simulate-rules.js';

const user = formed<string | number>(
  { type: ['string', 'integer'], pattern: userPattern.source },
  (value) =>
    userPattern.test(typeof value === 'number' ? String(value) : String(value ?? '')) &&
    ['string', 'number'].includes(typeof value),
  `not ${userExpectation}`,
);

const secretReference = {
  type: 'object',
  properties: { secret: { type: 'string', pattern: secretName.source } },
  required: ['secret'],
  additionalProperties: false,
};

const registryCredentials = formed<string | SecretReference>(
  { anyOf: [name.schema, secretReference] },
  (value) => name.holds(value) || isSecretReference(value),
  `${name.expectation}, nor of the form {"secret": "name"}`,
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

  @Field(textOrNumber(256), { says: 'As people call it.' })
  readonly name: string | number;

  @Field(textOf(1024), {
    says: 'What is run: an image, or of a `process` its program, unless a command is given.',
  })
  readonly image: string;

  @Field(oneOf(technologies, 'technology-unknown'), { says: 'The runtime that it needs.' })
  readonly technology: Technology;

  @Field(integer(0, maxJobCount), {
    optional: true,
    default: 1,
    says: 'Instances that are to run.',
  })
  readonly count?: number;

  @Field(shaped(RequestedAmounts), {
    optional: true,
    says: 'Reserved for each instance, which gets no more; a process where its node can `process:limits`.',
  })
  readonly resources?: Requested;

  @Field(labels, {
    optional: true,
    says: 'The job’s own: it is shown and found by them.',
    example: { team: 'shop' },
  })
  readonly labels?: Readonly<Record<string, Scalar>>;

  @Field(labels, {
    optional: true,
    says: 'Labels that a node must carry.',
    example: { zone: 'north' },
  })
  readonly nodeLabels?: Readonly<Record<string, Scalar>>;

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

  @Field(commandList, {
    optional: true,
    says: 'Program and arguments, instead of the image’s own.',
    example: ['/bin/sleep', '60'],
  })
  readonly cmd?: readonly string[];

  @Field(commandList, {
    optional: true,
    when: ({ cmd = null }) => cmd === null,
    says: 'Another name of `cmd`, which counts more.',
    example: ['/bin/sleep', '60'],
  })
  readonly command?: readonly string[];

  @Field(commandList, {
    optional: true,
    says: 'Follow `command`; without one they are the arguments of the image’s own program.',
    example: ['--verbose'],
  })
  readonly args?: readonly string[];

  @Field(
    formed<readonly string[] | Readonly<Record<string, Scalar | SecretReference>>>(
      {
        oneOf: [
          { type: 'array', items: { type: 'string' } },
          {
            type: 'object',
            additionalProperties: {
              anyOf: [{ type: ['string', 'number', 'boolean'] }, secretReference],
            },
          },
        ],
      },
      isEnvironment,
      `not of the form ${environmentForm}`,
    ),
    {
      optional: true,
      says: 'Variables of the program: by their names, or a list of `NAME=value`. `{secret: name}` in the place of a value is that of a secret.',
      example: { LEVEL: 'debug' },
    },
  )
  readonly environment?: readonly string[] | Readonly<Record<string, Scalar | SecretReference>>;

  @Field(path, { optional: true, says: 'Where the program begins.', example: '/srv' })
  readonly workingDirectory?: string;

  @Field(user, {
    optional: true,
    says: 'Who the program runs as: a name or a uid, and a group behind a colon. A process: of the machine, where its owner lets it.',
    example: '1000:1000',
  })
  readonly user?: string | number;

  @Field(listOf<PortRule | string | number>(portRule, { max: maxPorts, items: 'ports' }), {
    optional: true,
    says: 'Ports of the program that are reached through its node.',
    example: ['8080:80'],
  })
  readonly ports?: readonly (PortRule | string | number)[];

  @Field(listOf<VolumeRule | string>(volumeRule, { max: maxVolumes, items: 'volumes' }), {
    optional: true,
    says: 'Folders that outlive the instance.',
    example: ['data:/data'],
  })
  readonly volumes?: readonly (VolumeRule | string)[];

  @Field(shaped(HealthRule), { optional: true })
  readonly health?: HealthRule;

  @Field(oneOf(pullChoices), {
    optional: true,
    default: 'missing',
    says: 'When the image is fetched.',
  })
  readonly pull?: PullChoice;

  @Field(registryCredentials, {
    optional: true,
    says: 'Name under which the worker’s owner keeps credentials of the image’s registry, or `{secret: name}` whose value is `{"registry", "username", "password"}`.',
    example: 'team',
  })
  readonly registryCredentials?: string | SecretReference;

  @Field(anything, {
    optional: true,
    says: 'The network of a container: `bridge`, `none`, or one that the machine’s owner lets jobs share.',
    example: 'bridge',
  })
  readonly network?: unknown;

  @Field(shaped(SimulateRules), { optional: true })
  readonly simulate?: SimulateRules;
}
