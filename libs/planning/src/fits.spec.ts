import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { noResources, type NodeFacts, type Requirement } from '@oakring/contracts';
import { fits, freeOf, isOpen, testsFor, testsOf, whyNot } from './fits.js';
import { standardRules } from './rules.js';

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
const { filters } = standardRules;

/** The name of the first filter that it fails. */
function reasonOf(
  facts: NodeFacts,
  wanted: Requirement,
  exclude: ReadonlySet<string> = none,
  free = freeOf(facts),
): string | null {
  return whyNot(facts, testsOf({ requirement: wanted, exclude }), free)?.name ?? null;
}

describe('a node', () => {
  it('fits a job that takes exactly what is free', () => {
    expect(reasonOf(node, requirement)).toBeNull();
    expect(fits(node, testsFor(requirement))).toBe(true);
  });

  it('has no label that it was not given, whatever every object has', () => {
    const labels = { constructor: 'x' };
    expect(reasonOf(node, { ...requirement, labels })).toBe('labels');
    expect(reasonOf({ ...node, labels }, { ...requirement, labels })).toBeNull();
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
    expect(reasonOf(facts, wanted, excluded)).toBe(filter);
  });

  it('has nothing free when more is reserved than it has', () => {
    const shrunk = { ...node, capacity: { cpuMillis: 100, memoryMiB: 100 } };
    expect(freeOf(shrunk)).toEqual({ cpuMillis: 0, memoryMiB: 0 });
  });

  it('has what an instance holds there free for its successor, even where it is overfull', () => {
    const held = { cpuMillis: 600, memoryMiB: 500 };
    const overfull = { ...node, capacity: { cpuMillis: 100, memoryMiB: 100 } };
    expect(fits(overfull, testsFor(requirement))).toBe(false);
    expect(fits(overfull, testsFor(requirement), held)).toBe(true);
    expect(fits(overfull, testsFor(requirement), { ...held, cpuMillis: 599 })).toBe(false);
  });

  it('that takes no instances is closed to every job, whatever it has', () => {
    expect(isOpen(node)).toBe(true);
    for (const changes of [{ open: false }, { status: 'lost' }] as const) {
      expect(isOpen({ ...node, ...changes })).toBe(false);
    }
    expect(isOpen({ ...node, technologies: [], capacity: node.reserved })).toBe(true);
  });

  it('is judged for the manager by reservations alone, whatever its telemetry says', () => {
    const foreign = { cpuMillis: 1000, memoryMiB: 1000 };
    expect(reasonOf(node, requirement, none, freeOf(node, foreign))).toBe('capacity-cpu');
    expect(fits(node, testsFor(requirement))).toBe(true);
  });
});

describe('the filters', () => {
  it('are looked at in their order: a node that fails several is told the first', () => {
    const place = { latitude: 0, longitude: 0 };
    const all: Requirement = {
      ...requirement,
      resources: { ...requirement.resources, gpus: 1 },
      constraints: [
        ...requirement.constraints,
        ...([
          {
            type: 'features',
            hostPaths: [],
            registries: [],
            features: [{ feature: 'docker:ports', field: 'ports' }],
          },
          { type: 'ports', ports: ['80/tcp'] },
          { type: 'addons', needs: ['x'] },
          { type: 'drivers', needs: ['y'] },
          { type: 'geo', place, withinMetres: 1, cluster: null },
          { type: 'host', hosts: ['m'] },
          { type: 'size', resources: { cpuMillis: 1, memoryMiB: 1, gpus: 1 } },
        ] as const),
      ],
    };
    const failing: NodeFacts = {
      id: 'b',
      status: 'lost',
      technologies: [],
      architecture: null,
      labels: {},
      capacity: { cpuMillis: 0, memoryMiB: 0 },
      reserved: { cpuMillis: 0, memoryMiB: 0 },
      open: false,
      diskLacks: 128,
      enforcesStop: false,
      ports: [{ port: '80/tcp', job: 'web' }],
    };
    const repairs: readonly Partial<NodeFacts>[] = [
      { status: 'ready' },
      { open: true },
      { diskLacks: 0 },
      { technologies: ['docker'] },
      { features: ['docker:ports'] },
      { enforcesStop: true },
      { architecture: 'amd64' },
      { labels: { zone: 'north' } },
      { addons: ['x'] },
      { drivers: ['y'] },
      { labels: { zone: 'north', position: '0,0' } },
      { id: 'a' },
      { name: 'm' },
      { ports: [] },
      { capacity: { cpuMillis: 1, memoryMiB: 0 } },
      { capacity: { cpuMillis: 1, memoryMiB: 1 } },
      { capacity: { cpuMillis: 1, memoryMiB: 1, gpus: 1 } },
      { capacity: { cpuMillis: 600, memoryMiB: 1, gpus: 1 } },
      {
        capacity: { cpuMillis: 600, memoryMiB: 500, gpus: 1 },
        reserved: { ...noResources, gpus: 1 },
      },
      { reserved: noResources },
    ];
    const seen = [reasonOf(failing, all, new Set(['b']))];
    let repaired = failing;
    for (const repair of [{}, ...repairs]) {
      repaired = { ...repaired, ...repair };
      seen.push(reasonOf(repaired, all));
    }
    expect(seen).toEqual([...filters.map(({ name }) => name), null]);
  });

  it('have a phrase each, and no two the same', () => {
    expect(new Set(filters.map(({ phrase }) => phrase)).size).toBe(filters.length);
  });
});

describe('any node', () => {
  const resources = fc.record({ cpuMillis: fc.nat(2000), memoryMiB: fc.nat(2000) });

  it('that fits is not reserved above its capacity by one more instance', () => {
    fc.assert(
      fc.property(resources, resources, resources, (capacity, reserved, wanted) => {
        const facts = { ...node, capacity, reserved };
        if (!fits(facts, testsFor({ ...requirement, resources: wanted }))) return;
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
