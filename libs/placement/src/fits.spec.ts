import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NodeFacts, Requirement } from '@oakring/contracts';
import { filterNames, filterPhrases, fits, freeOf, whyNot } from './fits.js';

const node: NodeFacts = {
  id: 'a',
  status: 'ready',
  technologies: ['docker'],
  architecture: 'amd64',
  labels: { zone: 'north' },
  capacity: { cpuMillis: 1000, memoryMiB: 1000 },
  reserved: { cpuMillis: 400, memoryMiB: 500 },
  open: true,
  enforcesStop: true,
};
const requirement: Requirement = {
  technology: 'docker',
  resources: { cpuMillis: 600, memoryMiB: 500 },
  labels: { zone: 'north' },
  constraints: [
    { type: 'architecture', architecture: 'amd64' },
    { type: 'direct', node: 'a' },
  ],
  enforcesStop: true,
};
const none = new Set<string>();

describe('a node', () => {
  it('fits a job that takes exactly what is free', () => {
    expect(whyNot(node, requirement, none)).toBeNull();
    expect(fits(node, requirement, none)).toBe(true);
  });

  it('has no label that it was not given, whatever every object has', () => {
    const labels = { constructor: 'x' };
    expect(whyNot(node, { ...requirement, labels }, none)).toBe('labels');
    expect(whyNot({ ...node, labels }, { ...requirement, labels }, none)).toBeNull();
  });

  it.each([
    ['excluded', node, requirement, new Set(['a'])],
    ['status', { ...node, status: 'suspect' }, requirement, none],
    ['closed', { ...node, open: false }, requirement, none],
    ['stop-enforced', { ...node, enforcesStop: false }, requirement, none],
    ['technology', node, { ...requirement, technology: 'process' }, none],
    ['architecture', { ...node, architecture: 'arm64' }, requirement, none],
    ['labels', { ...node, labels: {} }, requirement, none],
    ['direct', { ...node, id: 'b' }, requirement, none],
    ['capacity-cpu', { ...node, reserved: { cpuMillis: 401, memoryMiB: 0 } }, requirement, none],
    ['capacity-memory', { ...node, reserved: { cpuMillis: 0, memoryMiB: 501 } }, requirement, none],
  ] as const)('is passed over by the filter %s', (filter, facts, wanted, excluded) => {
    expect(whyNot(facts, wanted, excluded)).toBe(filter);
    expect(filterNames).toContain(filter);
  });

  it('has nothing free when more is reserved than it has', () => {
    const shrunk = { ...node, capacity: { cpuMillis: 100, memoryMiB: 100 } };
    expect(freeOf(shrunk)).toEqual({ cpuMillis: 0, memoryMiB: 0 });
  });

  it('has what an instance holds there free for its successor, even where it is overfull', () => {
    const held = { cpuMillis: 600, memoryMiB: 500 };
    const overfull = { ...node, capacity: { cpuMillis: 100, memoryMiB: 100 } };
    expect(fits(overfull, requirement, none)).toBe(false);
    expect(fits(overfull, requirement, none, held)).toBe(true);
    expect(fits(overfull, requirement, none, { ...held, cpuMillis: 599 })).toBe(false);
  });

  it('is judged for the manager by reservations alone, whatever its telemetry says', () => {
    const foreign = { cpuMillis: 1000, memoryMiB: 1000 };
    expect(whyNot(node, requirement, none, freeOf(node, foreign))).toBe('capacity-cpu');
    expect(fits(node, requirement, none)).toBe(true);
  });
});

describe('the filters', () => {
  it('are looked at in their order: a node that fails several is told the first', () => {
    const failing: NodeFacts = {
      id: 'b',
      status: 'lost',
      technologies: [],
      architecture: null,
      labels: {},
      capacity: { cpuMillis: 0, memoryMiB: 0 },
      reserved: { cpuMillis: 0, memoryMiB: 0 },
      open: false,
      enforcesStop: false,
    };
    const repairs: readonly Partial<NodeFacts>[] = [
      { status: 'ready' },
      { open: true },
      { technologies: ['docker'] },
      { enforcesStop: true },
      { architecture: 'amd64' },
      { labels: { zone: 'north' } },
      { id: 'a' },
      { capacity: { cpuMillis: 600, memoryMiB: 0 } },
      { capacity: { cpuMillis: 600, memoryMiB: 500 } },
    ];
    const seen = [whyNot(failing, requirement, new Set(['b']))];
    let repaired = failing;
    for (const repair of [{}, ...repairs]) {
      repaired = { ...repaired, ...repair };
      seen.push(whyNot(repaired, requirement, none));
    }
    expect(seen).toEqual([...filterNames, null]);
  });

  it('have a phrase each', () => {
    expect(filterNames.every((name) => filterPhrases[name].length > 0)).toBe(true);
  });
});

describe('any node', () => {
  const resources = fc.record({ cpuMillis: fc.nat(2000), memoryMiB: fc.nat(2000) });

  it('that fits is not reserved above its capacity by one more instance', () => {
    fc.assert(
      fc.property(resources, resources, resources, (capacity, reserved, wanted) => {
        const facts = { ...node, capacity, reserved };
        if (!fits(facts, { ...requirement, resources: wanted }, none)) return;
        if (wanted.cpuMillis > 0) {
          expect(reserved.cpuMillis + wanted.cpuMillis).toBeLessThanOrEqual(capacity.cpuMillis);
        }
        if (wanted.memoryMiB > 0) {
          expect(reserved.memoryMiB + wanted.memoryMiB).toBeLessThanOrEqual(capacity.memoryMiB);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('has no more free with foreign load than without, and never less than nothing', () => {
    fc.assert(
      fc.property(resources, resources, resources, (capacity, reserved, foreign) => {
        const facts = { ...node, capacity, reserved };
        const alone = freeOf(facts);
        const shared = freeOf(facts, foreign);
        for (const kind of ['cpuMillis', 'memoryMiB'] as const) {
          expect(shared[kind]).toBeGreaterThanOrEqual(0);
          expect(shared[kind]).toBeLessThanOrEqual(alone[kind]);
        }
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});
