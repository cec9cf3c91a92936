import {
  healthNumbers,
  httpPathExpectation,
  httpPathPattern,
  isProbeCommand,
  probeCommandForm,
} from './job-health.js';
import {
  addressExpectation,
  addressPattern,
  nameExpectation,
  namePattern,
  portAtLength,
  portForm,
  portProtocols,
  portRange,
  shortPort,
} from './job-ports.js';
import { isPath, pathExpectation, volumeAtLength, volumeForm } from './job-volumes.js';
import { commandForm, isCommand } from './job-run.js';
import { flag, formed, integer, matching, oneOf, type Kind } from './kinds.js';
import { Field, Shape, shaped, shapedOr } from './shape.js';

/** What a job document says of how its program runs and is reached. */

export const commandList = formed<readonly string[]>(
  { type: 'array', items: { type: 'string' } },
  isCommand,
  `not of the form ${commandForm}`,
);

export const name = matching(namePattern, `not ${nameExpectation}`);
export const path = formed<string>(
  { type: 'string', pattern: '^/', maxLength: 1_024 },
  isPath,
  `not ${pathExpectation}`,
);
const portNumber = integer(portRange.minimum, portRange.maximum);

@Shape({
  name: 'PublishedPort',
  says: 'A port of the program that is reached through its node.',
  example: { port: 80, published: 8080 },
})
export class PortRule {
  @Field(portNumber, { says: 'Of the program.' })
  readonly port: number;

  @Field(portNumber, {
    optional: true,
    says: 'Of the node; the same as `port` when it is left out.',
  })
  readonly published?: number;

  @Field(oneOf(portProtocols), { optional: true, default: 'tcp', says: 'What is spoken there.' })
  readonly protocol?: (typeof portProtocols)[number];

  @Field(matching(addressPattern, `not ${addressExpectation}`), {
    optional: true,
    says: 'Of the node, to listen on it alone; on all of them when it is left out.',
    example: '127.0.0.1',
  })
  readonly address?: string;

  @Field(name, { optional: true, says: 'As people call it.', example: 'web' })
  readonly name?: string;
}

@Shape({
  name: 'Volume',
  says: 'A folder that outlives the instance: `volume` or `hostPath`.',
  example: { volume: 'data', target: '/data' },
})
export class VolumeRule {
  @Field(name, {
    when: ({ hostPath = null }) => hostPath === null,
    says: 'A folder of the worker, by its name; it is kept when the instance ends.',
  })
  readonly volume?: string;

  @Field(path, {
    optional: true,
    without: ['volume'],
    says: 'A folder of the machine, below a prefix that the worker’s owner allows.',
    example: '/srv/data',
  })
  readonly hostPath?: string;

  @Field(path, {
    optional: true,
    says: 'Where the program sees it. A `process` is told its path in `OAKRING_VOLUME_<NAME>` instead.',
  })
  readonly target?: string;

  @Field(flag, { optional: true, default: false, says: 'The program cannot write there.' })
  readonly readOnly?: boolean;
}

@Shape({ says: 'Asked with GET; 2xx and 3xx are well.', example: { port: 80, path: '/healthz' } })
export class HealthHttp {
  @Field(portNumber, { says: 'Of the program.' })
  readonly port: number;

  @Field(matching(httpPathPattern, `not ${httpPathExpectation}`), {
    optional: true,
    default: '/',
    says: 'What is asked for.',
  })
  readonly path?: string;
}

@Shape({ says: 'Well when a connection is taken.', example: { port: 5432 } })
export class HealthTcp {
  @Field(portNumber, { says: 'Of the program.' })
  readonly port: number;
}

function healthNumber(of: keyof typeof healthNumbers): Kind<number> {
  const { minimum, maximum } = healthNumbers[of];
  return integer(minimum, maximum);
}

@Shape({
  name: 'JobHealth',
  says: 'How the worker finds out whether an instance is well: one of `command`, `http` and `tcp`. Milliseconds.',
  example: { http: { port: 80, path: '/healthz' }, intervalMs: 10_000 },
})
export class HealthRule {
  @Field(
    formed<readonly string[]>(
      { type: 'array', items: { type: 'string' }, minItems: 1 },
      isProbeCommand,
      `not ${probeCommandForm}`,
    ),
    {
      when: ({ http = null, tcp = null }) => http === null && tcp === null,
      says: 'Run beside the instance; exit code 0 is well.',
      example: ['pg_isready'],
    },
  )
  readonly command?: readonly string[];

  @Field(shaped(HealthHttp), { optional: true, without: ['command', 'tcp'] })
  readonly http?: HealthHttp;

  @Field(shaped(HealthTcp), { optional: true, without: ['command', 'http'] })
  readonly tcp?: HealthTcp;

  @Field(healthNumber('intervalMs'), {
    optional: true,
    default: healthNumbers.intervalMs.usual,
    says: 'From one check to the next.',
  })
  readonly intervalMs?: number;

  @Field(healthNumber('timeoutMs'), {
    optional: true,
    default: healthNumbers.timeoutMs.usual,
    says: 'A check that takes longer has failed.',
  })
  readonly timeoutMs?: number;

  @Field(healthNumber('retries'), {
    optional: true,
    default: healthNumbers.retries.usual,
    says: 'Failed checks in a row from which on it is unhealthy.',
  })
  readonly retries?: number;

  @Field(healthNumber('startPeriodMs'), {
    optional: true,
    default: healthNumbers.startPeriodMs.usual,
    says: 'Checks that fail within it do not count.',
  })
  readonly startPeriodMs?: number;
}

export const portRule = shapedOr(PortRule, {
  schema: {
    anyOf: [
      { type: 'string', pattern: shortPort.source },
      { type: 'integer', minimum: portRange.minimum, maximum: portRange.maximum },
    ],
  },
  atLength: portAtLength,
  expectation: `not ${portForm}`,
});

export const volumeRule = shapedOr(VolumeRule, {
  schema: {
    type: 'string',
    pattern: '^(/[^:\\0]*|[A-Za-z0-9][A-Za-z0-9_.-]{0,63})(:/[^:\\0]*)?(:r[ow])?$',
  },
  atLength: volumeAtLength,
  expectation: `not ${volumeForm}`,
});
