import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc, { type Arbitrary } from 'fast-check';
import { registration } from '../messages/registration.js';
import { technologies } from '../messages/technology.js';
import type { JsonObject, Parsed } from '../parsing/parsing.js';
import { SubmitJob } from './job-body.js';
import { parseRequirement } from './job-document.js';
import { parseHealth } from './job-health.js';
import { parsePorts } from './job-ports.js';
import { parseProgram } from './job-program.js';
import { parseVolumes } from './job-volumes.js';
import type { ShapeClass } from './kinds.js';
import { RegisterNode } from './register-node.js';
import { instanceOf, namesOfShape } from './shape.js';

/** What a member may hold, may nearly hold, or may not hold. */
const near = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'a', '..', 'a b', '80', '65536', 'x'.repeat(65)),
  fc.constantFrom<unknown>(-1, 0, 1, 1.5, 80, 65_535, 65_536, 2 ** 53, true, false),
  fc.constantFrom<unknown>('x'.repeat(129), 'x'.repeat(257), [], {}),
);
const word = fc.oneof(near, fc.string({ maxLength: 4 }));
const amounts = fc.oneof(
  near,
  fc.record({ cpuMillis: near, memoryMiB: near }, { requiredKeys: [] }),
);
const quantity = fc.oneof(
  near,
  fc.constantFrom<unknown>('500m', '0.5', 0.5, '0.0005', '256Mi', '1Gi', '64M', 1_048_575, 2e6),
  fc.constantFrom<unknown>('-1', '1e3', 'm', '1 Gi', '9999999Ti', 99_999_999),
);
const requested = fc.oneof(
  near,
  fc.record(
    { cpuMillis: near, memoryMiB: near, cpu: quantity, memory: quantity },
    { requiredKeys: [] },
  ),
);
const labels = fc.oneof(
  near,
  fc.dictionary(word.map(String), word, { maxKeys: 3 }),
  fc.constantFrom(64, 65).map((count) => numbered(count, (index) => [`l${index}`, 'x'])),
);
const technology = fc.oneof(fc.constantFrom<unknown>(...technologies), near);
const listOf = (item: Arbitrary<unknown>, most: number) =>
  fc.oneof(
    near,
    fc.array(item, { maxLength: 3 }),
    fc
      .constantFrom(most, most + 1)
      .chain((length) => fc.array(item, { minLength: length, maxLength: length })),
  );
const constraint = fc.oneof(
  // A list in the list passes the rules, and is refused by the second reading alone.
  near.filter((value) => !Array.isArray(value)),
  fc.record(
    {
      type: fc.constantFrom<unknown>('direct', 'architecture', 'other', null),
      node: word,
      architecture: word,
    },
    { requiredKeys: ['type'] },
  ),
);

describe('What people post is read as', () => {
  it('a worker’s registration is: one takes what the other takes', () => {
    const sound = { id: 'n1', name: 'n1', ip: '10.0.0.7', port: 10_050 };
    const special = { capacity: amounts, labels, technologies: listOf(technology, 16) };
    expect(namesOfShape(RegisterNode)).toEqual(registration.members);
    agree({
      type: RegisterNode,
      read: registration.read,
      members: registration.members,
      sound,
      special,
    });
  });

  it('a stored job is, where placement looks: one takes what the other takes', () => {
    const sound = { name: 'web', image: 'shop', technology: 'docker' };
    const looked = {
      ...{ technology, resources: requested, nodeLabels: labels },
      constraints: listOf(constraint, 32),
    };
    const members = Object.keys(looked);
    agree({ type: SubmitJob, read: parseRequirement, members, sound, special: looked });
  });
});

describe('What is said of how a job’s program runs', () => {
  const sound = { name: 'web', image: 'shop', technology: 'docker' };
  const path = fc.oneof(near, fc.constantFrom('/data', '/', 'data', '/a/../b', '/a\0', '/a b'));
  const port = fc.oneof(near, fc.nat(70_000));
  const some = (members: Record<string, Arbitrary<unknown>>) =>
    fc.record(members, { requiredKeys: [] });
  // A list in the list passes the rules, and is refused by the second reading alone.
  const notList = near.filter((value) => !Array.isArray(value));
  const ports = listOf(
    fc.oneof(
      notList,
      fc.constantFrom(
        '8080:80',
        '127.0.0.1:8080:80/udp',
        '[::1]:1:2',
        '80/sctp',
        '0:80',
        '1:2:3:4',
      ),
      some({ port, published: port, protocol: fc.constantFrom('tcp', 'udp', 'x'), address: word }),
      some({ port: fc.constant(80), name: word }),
    ),
    64,
  );
  const volumes = listOf(
    fc.oneof(
      notList,
      fc.constantFrom('data:/data', '/srv/x:/data:ro', 'data', 'data:ro', 'a:b', ':/x', 'a:/b:c'),
      some({ volume: word, hostPath: path, target: path, readOnly: near }),
      some({ volume: fc.constant('data'), target: path, readOnly: near }),
    ),
    64,
  );
  const command = fc.oneof(near, fc.constantFrom(['x'], [], ['x', 1], ['\0']));
  const probe = {
    command,
    http: fc.oneof(near, some({ port, path: fc.oneof(path, near) })),
    tcp: fc.oneof(near, some({ port })),
  };
  const numbers = { intervalMs: near, timeoutMs: near, retries: near, startPeriodMs: near };
  const health = fc.oneof(
    near,
    some({ ...probe, ...numbers }),
    some(numbers).map((more) => ({ tcp: { port: 80 }, ...more })),
    some(probe),
  );

  it.each([
    ['ports', parsePorts, { ports }],
    ['volumes', parseVolumes, { volumes }],
    ['health', parseHealth, { health }],
    [
      'its command, user and image',
      parseProgram,
      {
        ...{ cmd: command, args: command, workingDirectory: path },
        user: fc.oneof(near, fc.constantFrom('app', '0', '1:2', ':1', 'a b', 1.5)),
        pull: fc.oneof(near, fc.constantFrom('always', 'missing', 'never', 'often')),
        registryCredentials: word,
      },
    ],
  ])('is read alike where it is posted and where it is run: %s', (_what, read, special) => {
    agree({ type: SubmitJob, read, members: Object.keys(special), sound, special });
  });
});

interface Readings {
  readonly type: ShapeClass;
  readonly read: (body: JsonObject) => Parsed<unknown>;
  /** Those that both look at. */
  readonly members: readonly string[];
  readonly sound: JsonObject;
  readonly special: Readonly<Record<string, Arbitrary<unknown>>>;
}

/** Of a sound document one member is changed at a time. */
function agree({ type, read, members, sound, special }: Readings): void {
  const changed = fc
    .constantFrom(...members)
    .chain((name) => fc.tuple(fc.constant(name), special[name] ?? word));
  fc.assert(
    fc.property(changed, ([name, value]) => {
      const document = { ...sound, [name]: value };
      const faults = validateSync(instanceOf(type, document)).map(({ property }) => property);
      const taken = read(document);
      expect([document, faults.length === 0]).toEqual([document, taken.ok]);
    }),
    { seed: 31, numRuns: 300 },
  );
}

function numbered(count: number, entry: (index: number) => [string, unknown]): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)));
}
