import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc, { type Arbitrary } from 'fast-check';
import { registration } from '../messages/registration.js';
import { technologies } from '../messages/technology.js';
import type { JsonObject, Parsed } from '../parsing/parsing.js';
import { SubmitJob } from './job-body.js';
import { parseRequirement } from './job-document.js';
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
    const looked = { technology, resources: amounts, labels, constraints: listOf(constraint, 32) };
    const members = Object.keys(looked);
    agree({ type: SubmitJob, read: parseRequirement, members, sound, special: looked });
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
