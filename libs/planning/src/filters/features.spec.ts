import { describe, expect, it } from '@jest/globals';
import type { Constraint, NodeFacts } from '@oakring/contracts';
import { seededRandomness } from '@oakring/ports';
import { job, node, tableOf } from '../../testing/index.js';
import { testsFor, whyNot } from '../fits.js';
import { planJobs } from '../plan/plan.js';

type Needs = Extract<Constraint, { type: 'features' }>;
const needs = (more: Partial<Needs> = {}): Constraint => ({
  ...{ type: 'features', hostPaths: [], registries: [] },
  features: [{ feature: 'docker:ports', field: 'ports' }],
  ...more,
});
const can = { features: ['docker:ports'] };

function refusalOf(facts: Partial<NodeFacts>, constraint: Constraint): string | undefined {
  const asked = job({ requirement: { constraints: [constraint] } });
  const [plan] = planJobs(tableOf([node('n1', facts)]), [asked], seededRandomness);
  return plan?.refusal?.detail;
}

describe('What the fields of a job need of a worker', () => {
  it('keeps it off a worker that says nothing of it, and says for which field', () => {
    expect(refusalOf({}, needs())).toBe(
      '1 instance does not fit on any of 1 node: 1 that cannot do what a field of the job needs. ' +
        'Nearest is n1, which does not offer docker:ports, which the field ports needs.',
    );
    expect(refusalOf(can, needs())).toBeUndefined();
  });

  it('is a folder that the owner allows, or one below it, and none that is only called alike', () => {
    const given = needs({ hostPaths: ['/srv/data/x'] });
    for (const prefix of ['/srv/data/x', '/srv/data', '/srv/', '/']) {
      expect(refusalOf({ ...can, hostPaths: [prefix] }, given)).toBeUndefined();
    }
    for (const prefix of ['/srv/dat', '/srv/data/x/y', '/etc']) {
      expect(refusalOf({ ...can, hostPaths: [prefix] }, given)).toContain(
        'does not allow jobs the host path /srv/data/x (OAKRING_WORKER_HOST_PATHS).',
      );
    }
  });

  it('is a user of the machine that its owner lets processes be', () => {
    const named = ['user', 'user:www'].map((name) => ({
      feature: `process:${name}`,
      field: 'user',
    }));
    const given = needs({ features: named });
    const as = (...features: string[]) => refusalOf({ features }, given);
    expect(as('process:user', 'process:user:www')).toBeUndefined();
    expect(as('process:user', 'process:user:ww')).toContain(
      'which lets no process run as www (OAKRING_WORKER_USERS).',
    );
    expect(as()).toContain('does not offer process:user, which the field user needs.');
  });

  it('is a network or a low port that the owner lets jobs have', () => {
    const asks = (feature: string, field: string, ...features: string[]) =>
      refusalOf({ features }, needs({ features: [{ feature, field }] }));
    const host = 'docker:network:host';
    expect(asks(host, 'network', host)).toBeUndefined();
    expect(asks(host, 'network', 'docker:network:shop')).toContain(
      'which lets no container share the network host (OAKRING_WORKER_SHARED_NETWORKS).',
    );
    for (const technology of ['docker', 'process', 'unikernel']) {
      const low = `${technology}:low-ports`;
      expect(asks(low, 'ports', low)).toBeUndefined();
      expect(asks(low, 'ports', `${technology}:ports`)).toContain(
        'which lets no job publish a port below 1024 (OAKRING_WORKER_LOW_PORTS).',
      );
    }
  });

  it('is credentials that the owner keeps under that name', () => {
    const given = needs({ registries: ['shop'] });
    expect(refusalOf({ ...can, registries: ['shop'] }, given)).toBeUndefined();
    expect(refusalOf({ ...can, registries: ['other'] }, given)).toContain(
      'keeps no credentials called shop.',
    );
  });

  it('is not looked at where a decision of before is replayed', () => {
    const asked = job({ requirement: { constraints: [needs()] } });
    expect(whyNot(node('n1'), testsFor(asked.requirement))?.name).toBe('features');
    const before = 'least-allocated-spread/3';
    const [plan] = planJobs(tableOf([node('n1')]), [asked], seededRandomness, before);
    expect(plan?.placements).toMatchObject([{ nodeId: 'n1' }]);
  });
});
