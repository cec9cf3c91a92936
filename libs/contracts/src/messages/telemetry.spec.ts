import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseReading, parseReadingByField, plainReading } from './telemetry.js';

const number = fc.oneof(fc.integer({ min: -1, max: 101 }), fc.double(), fc.constant(2 ** 53));
const anything = fc.oneof(number, fc.constant(null), fc.constant('12.5'), fc.jsonValue());
const instance = fc.record(
  {
    job: fc.oneof({ weight: 5, arbitrary: fc.constant('web') }, anything),
    instance: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 10_001 }) }, anything),
    generation: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 9 }) }, anything),
    cpu: number,
    memory: anything,
  },
  { requiredKeys: [] },
);
const body = fc.record(
  {
    cpu: fc.oneof({ weight: 5, arbitrary: fc.double({ min: 0, max: 100 }) }, anything),
    memory: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 100 }) }, anything),
    incarnation: anything,
    sequence: anything,
    instances: fc.oneof({ weight: 5, arbitrary: fc.array(instance) }, anything),
    at: fc.oneof(fc.string({ maxLength: 80 }), anything),
  },
  { requiredKeys: [] },
);

describe('a reading', () => {
  it('is the same by the short cut and field by field', () => {
    fc.assert(
      fc.property(body, (content) => {
        expect(parseReading(content)).toEqual(parseReadingByField(content));
      }),
      { seed: 20261129, numRuns: 2_000 },
    );
  });

  it('takes the short cut when it is made of plain numbers', () => {
    const instances = [{ job: 'web', instance: 0, generation: 1, cpu: 3.21, memory: 4 }];
    const content = { cpu: 12.345, memory: 40, incarnation: 2, sequence: 9, instances, at: 'now' };
    expect(plainReading(content)).toEqual({
      cpu: 1_235,
      memory: 4_000,
      incarnation: 2,
      sequence: 9,
      instances: [{ job: 'web', instance: 0, generation: 1, cpu: 321, memory: 400 }],
      at: 'now',
    });
  });

  it.each([
    [100.4, 10_000],
    [100.0001, 10_000],
    [-0.2, 0],
    ['12.3456789012345', 1_235],
  ])('takes %j a little out of range, or finer than ours, for what it means', (cpu, hundredths) => {
    const parsed = parseReading({ cpu, memory: 1 });
    expect(parsed).toEqual({ ok: true, value: expect.objectContaining({ cpu: hundredths }) });
  });

  it.each([null, '12,5', 400, 'much', {}, undefined])(
    'has no figure where %j came, and says so',
    (cpu) => {
      const parsed = parseReading({ cpu, memory: 1, sequence: 3 });
      expect(parsed).toMatchObject({ value: { cpu: null, memory: 100, sequence: 3 } });
      expect(parsed.leftOut).toMatchObject([{ code: 'invalid-field', field: 'cpu' }]);
    },
  );

  it('is taken without a list of instances of which one is not usable, and names each', () => {
    const good = { job: 'web', instance: 0, generation: 1, cpu: 3, memory: 4 };
    const instances = [good, { ...good, job: 'no id' }, 7, { ...good, cpu: 'much' }];
    const parsed = parseReading({ cpu: 12, memory: 40, instances });
    // A part of them would make the others' load that of a stranger: nothing would be placed there.
    expect(parsed.value).toMatchObject({ cpu: 1_200, memory: 4_000, instances: null });
    expect(parsed.leftOut?.map(({ detail }) => detail.slice(0, 11))).toEqual([
      'instances.1',
      'instances.2',
      'instances.3',
    ]);
  });

  it('may have its percentages as text', () => {
    const parsed = parseReading({ cpu: '12.5', memory: '100' });
    expect(parsed).toMatchObject({ ok: true, value: { cpu: 1_250, memory: 10_000 } });
  });
});
