import { describe, expect, it } from '@jest/globals';
import type { NodeFacts, Requirement } from '@oakring/contracts';
import { filterNames, fits, freeOf, whyNot } from './fits.js';

const node: NodeFacts = {
  id: 'a',
  status: 'ready',
  technologies: ['docker'],
  architecture: 'amd64',
  labels: { zone: 'north' },
  capacity: { cpuMillis: 1000, memoryMiB: 1000 },
  reserved: { cpuMillis: 400, memoryMiB: 500 },
};
const requirement: Requirement = {
  technology: 'docker',
  resources: { cpuMillis: 600, memoryMiB: 500 },
  labels: { zone: 'north' },
  constraints: [
    { type: 'architecture', architecture: 'amd64' },
    { type: 'direct', node: 'a' },
  ],
};
const none = new Set<string>();

describe('a node', () => {
  it('fits a job that takes exactly what is free', () => {
    expect(whyNot(node, requirement, none)).toBeNull();
    expect(fits(node, requirement, none)).toBe(true);
  });

  it.each([
    ['excluded', node, requirement, new Set(['a'])],
    ['status', { ...node, status: 'suspect' }, requirement, none],
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

  it('is judged for the manager by reservations alone, whatever its telemetry says', () => {
    const foreign = { cpuMillis: 1000, memoryMiB: 1000 };
    expect(whyNot(node, requirement, none, freeOf(node, foreign))).toBe('capacity-cpu');
    expect(fits(node, requirement, none)).toBe(true);
  });
});
