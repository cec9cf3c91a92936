import { describe, expect, it } from '@jest/globals';
import type { HeldPort, NodeFacts } from '@oakring/contracts';
import { seededRandomness } from '@oakring/ports';
import { job, node, nodeChanges, tableOf } from '../../testing/index.js';
import { fits, testsFor } from '../fits.js';
import { planJobs, type JobToPlan } from '../plan/plan.js';
import { hopeOf } from '../wake-up.js';

type Changes = Omit<NonNullable<Parameters<typeof job>[0]>, 'requirement'>;
const publishing = (port: string, changes: Changes = {}): JobToPlan =>
  job({ ...changes, requirement: { constraints: [{ type: 'ports', ports: [port] }] } });
const held = (port: string, by = 'web'): HeldPort => ({ port, job: by });
const holding = (...ports: HeldPort[]): Partial<NodeFacts> => ({ ports });

const plansOf = (nodes: readonly NodeFacts[], ...jobs: JobToPlan[]) =>
  planJobs(tableOf(nodes), jobs, seededRandomness);
const chosen = (nodes: readonly NodeFacts[], ...jobs: JobToPlan[]) =>
  plansOf(nodes, ...jobs).map(({ placements }) => placements.map(({ nodeId }) => nodeId));

describe('A published port', () => {
  it('keeps a job off the node where it is taken, and says by whom', () => {
    const [plan] = plansOf([node('a', holding(held('8080/tcp')))], publishing('8080/tcp'));
    expect(plan?.refusal).toMatchObject({
      code: 'no-qualified-node',
      filtered: { ports: 1 },
      detail:
        '1 instance does not fit on any of 1 node: 1 where a port is taken. ' +
        'Nearest is a, which has port 8080/tcp taken by job web.',
    });
  });

  it.each([
    ['8080/tcp', '8080/tcp', false],
    ['8080/tcp', '8080/udp', true],
    ['8080/tcp', '8081/tcp', true],
    ['127.0.0.1:8080/tcp', '8080/tcp', false],
    ['8080/tcp', '127.0.0.1:8080/tcp', false],
    ['127.0.0.1:8080/tcp', '10.0.0.7:8080/tcp', true],
    ['0.0.0.0:8080/tcp', '10.0.0.7:8080/tcp', false],
    ['[::]:8080/tcp', '[::1]:8080/tcp', false],
    ['[::1]:8080/tcp', '[::2]:8080/tcp', true],
  ])('that is %s beside one that is %s: both fit is %j', (there, asked, both) => {
    const tests = testsFor(publishing(asked).requirement);
    expect(fits(node('a', holding(held(there))), tests)).toBe(both);
  });

  it('spreads the instances of its job, one a node, and leaves the others without', () => {
    const nodes = ['a', 'b', 'c'].map((id) => node(id));
    const [few] = chosen(nodes, publishing('80/tcp', { instances: 4 }));
    expect([...(few ?? [])].sort()).toEqual(['a', 'b', 'c']);
    const [many] = chosen(nodes, publishing('80/tcp', { instances: 20 }));
    expect([...(many ?? [])].sort()).toEqual(['a', 'b', 'c']);
  });

  it('is taken by a job of the same call that came before', () => {
    const first = publishing('80/tcp', { id: 'first' });
    const [, second] = plansOf([node('a')], first, publishing('80/tcp', { id: 'second' }));
    expect(second?.refusal?.detail).toContain('has port 80/tcp taken by job first.');
    expect(second?.reads).toMatchObject({ ports: { a: [held('80/tcp', 'first')] } });
    expect(chosen([node('a')], first, publishing('81/tcp'), job())).toEqual([['a'], ['a'], ['a']]);
  });

  it('is planned again the same from what is on record of that', () => {
    const asked = publishing('80/tcp', { id: 'second' });
    const [, before] = plansOf([node('a')], publishing('80/tcp', { id: 'first' }), asked);
    const ports = new Map(Object.entries(before?.reads?.ports ?? {}));
    const taken = new Map(Object.entries(before?.reads?.taken ?? {}));
    const [again] = plansOf([node('a')], { ...asked, ports, taken });
    expect(again).toEqual(before);
  });

  it('of an instance is its successor’s there, and nobody else’s before it has ended', () => {
    const there = node('a', holding(held('80/tcp')));
    const freed = { nodeId: 'a', resources: { cpuMillis: 0, memoryMiB: 0 }, ports: ['80/tcp'] };
    const jobs = [publishing('80/tcp', { freed }), publishing('80/tcp')];
    expect(chosen([there], ...jobs)).toEqual([['a'], []]);
  });

  it('costs a job without ports nothing: it asks for nothing', () => {
    expect(testsFor(job().requirement).some(({ judges }) => judges === 'held')).toBe(false);
    expect(plansOf([node('a')], job())[0]?.reads).not.toHaveProperty('ports');
  });

  it('tells apart what those wait for that ask for different ones', () => {
    const asks = (port: string) => hopeOf(publishing(port).requirement).asks;
    expect(asks('80/tcp')).toBe(asks('80/tcp'));
    expect(new Set([asks('80/tcp'), asks('81/tcp'), hopeOf(job().requirement).asks]).size).toBe(3);
  });

  it('stays with its node when others come and go', () => {
    const table = tableOf([node('b', holding(held('80/tcp'))), node('c')]);
    table.apply(nodeChanges({ nodes: [node('a'), node('d')] }));
    table.apply(nodeChanges({ removed: ['c'] }));
    const [plan] = planJobs(table, [publishing('80/tcp', { instances: 9 })], seededRandomness);
    expect(plan?.placements.map(({ nodeId }) => nodeId).sort()).toEqual(['a', 'd']);
    table.apply(nodeChanges({ nodes: [node('b')] }));
    const [freed] = planJobs(table, [publishing('80/tcp', { instances: 9 })], seededRandomness);
    expect(freed?.placements).toHaveLength(3);
  });
});
