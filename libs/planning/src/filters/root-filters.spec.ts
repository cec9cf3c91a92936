import { describe, expect, it } from '@jest/globals';
import { placeIn, type Constraint, type NodeFacts } from '@oakring/contracts';
import { job, node, tableOf } from '../../testing/index.js';
import { planJobs } from '../plan/plan.js';
import { testsFor, whyNot } from '../fits.js';

const munich = { latitude: 48_137_000, longitude: 11_575_000 };
const size = (resources: { cpuMillis?: number; memoryMiB?: number; gpus?: number }) =>
  ({ type: 'size', resources: { cpuMillis: 0, memoryMiB: 0, ...resources } }) as const;
const near = (km: number, cluster = null as typeof munich | null) =>
  ({ type: 'geo', place: munich, withinMetres: km * 1_000, cluster }) as const;

function first(facts: Partial<NodeFacts>, ...constraints: Constraint[]): string | null {
  const { requirement } = job({ requirement: { constraints } });
  return whyNot(node('n1', facts), testsFor(requirement))?.name ?? null;
}

function refusalOf(nodes: readonly NodeFacts[], ...constraints: Constraint[]) {
  const asked = job({ requirement: { constraints } });
  return planJobs(tableOf(nodes), [asked], () => ({ integer: () => 0 }))[0]?.refusal;
}

describe('What a root asks of a node', () => {
  it.each<[string, Partial<NodeFacts>, Constraint, string | null]>([
    ['is called so', { name: 'pi' }, { type: 'host', hosts: ['pi'] }, null],
    ['is called one of these', { name: 'pi' }, { type: 'host', hosts: ['x', 'pi'] }, null],
    ['is called otherwise', { name: 'pi' }, { type: 'host', hosts: ['PI'] }, 'host'],
    ['says no name', {}, { type: 'host', hosts: ['n1'] }, 'host'],
    ['is of one of these', {}, { type: 'architectures', allowed: ['arm64', 'amd64'] }, null],
    ['is of none', {}, { type: 'architectures', allowed: ['arm64'] }, 'architecture'],
    ['says none', { architecture: null }, { type: 'architectures', allowed: [''] }, 'architecture'],
    ['has all', { addons: ['a', 'b'] }, { type: 'addons', needs: ['b', 'a'] }, null],
    ['has one', { addons: ['a'] }, { type: 'addons', needs: ['a', 'b'] }, 'addons'],
    ['has none', {}, { type: 'addons', needs: ['a'] }, 'addons'],
    ['has it', { drivers: ['csi.x'] }, { type: 'drivers', needs: ['csi.x'] }, null],
    ['has another', { drivers: ['csi.y'] }, { type: 'drivers', needs: ['csi.x'] }, 'drivers'],
    ['is as large', {}, size({ cpuMillis: 1000 }), null],
    ['is smaller', {}, size({ cpuMillis: 1001 }), 'size-cpu'],
    ['has no GPU', {}, size({ gpus: 1 }), 'size-gpu'],
    [
      'has a GPU',
      { capacity: { cpuMillis: 1000, memoryMiB: 1000, gpus: 1 } },
      size({ gpus: 1 }),
      null,
    ],
    ['is there', { labels: { position: '48.2,11.6' } }, near(10), null],
    ['is written the other way', { labels: { position: '11.6;48.2' } }, near(10), null],
    ['is elsewhere', { labels: { position: '52.5,13.4' } }, near(10), 'geo'],
    ['is as near as that', { labels: { position: '52.5,13.4' } }, near(510), null],
    ['says no position', {}, near(10), 'geo'],
    ['says none that can be read', { labels: { position: 'here' } }, near(10), 'geo'],
    ['is where its cluster is', {}, near(10, munich), null],
    ['is not where its cluster is', { labels: { position: '0,0' } }, near(10, munich), 'geo'],
  ])('a node that %s', (_, facts, constraint, failed) => {
    expect(first(facts, constraint)).toBe(failed);
  });

  it('does not count what is reserved of a size', () => {
    const reserved = { cpuMillis: 1000, memoryMiB: 0 };
    const { requirement } = job({
      requirement: {
        resources: { cpuMillis: 0, memoryMiB: 10 },
        constraints: [size({ cpuMillis: 1000 })],
      },
    });
    expect(whyNot(node('n1', { reserved }), testsFor(requirement))).toBeNull();
  });

  it('is told as a name that no node has, apart from nodes that do not qualify', () => {
    const nodes = [node('n1', { name: 'pi' }), node('n2', { name: 'nas', status: 'suspect' })];
    expect(refusalOf(nodes, { type: 'host', hosts: ['x', 'y'] })).toMatchObject({
      code: 'no-such-node',
      detail: expect.stringMatching(/No node is called x or y\.$/),
    });
    expect(refusalOf(nodes, { type: 'host', hosts: ['nas'] })).toMatchObject({
      code: 'no-qualified-node',
      filtered: { host: 1, status: 1 },
    });
  });

  it('is told with the node that is nearest to it', () => {
    const nodes = [node('n1', { labels: { position: '52.5,13.4' } })];
    expect(refusalOf(nodes, near(10))?.detail).toMatch(
      /Nearest is n1, which is 50\d(\.\d)? km away, not within 10 km\.$/,
    );
    expect(refusalOf(nodes, size({ gpus: 2 }))?.detail).toMatch(/has less than 2 GPUs in all/);
    expect(refusalOf(nodes, { type: 'addons', needs: ['x'] })?.detail).toMatch(
      /lacks the add-on x/,
    );
  });
});

describe('A position', () => {
  it.each([
    ['48.2,11.6', 48.2, 11.6],
    [' 48.2 , 11.6 ', 48.2, 11.6],
    ['48.2,11.6,50', 48.2, 11.6],
    ['11.6;48.2', 48.2, 11.6],
    ['-33.9,151.2', -33.9, 151.2],
    // What can only be a longitude is one, whatever the order.
    ['151.2,-33.9', -33.9, 151.2],
    ['-33.9;151.2', -33.9, 151.2],
  ])('%s', (text, latitude, longitude) => {
    expect(placeIn(text)).toEqual({ latitude: latitude * 1e6, longitude: longitude * 1e6 });
  });

  it.each(['', 'Munich', '48.2', '48.2 11.6', '148.2,111.6', '48.2,190', 'NaN,1', '1e2,3'])(
    'is none: %j',
    (text) => {
      expect(placeIn(text)).toBeNull();
    },
  );
});
