import { describe, expect, it } from '@jest/globals';
import { allowanceCatalogue, type JsonObject } from '@oakring/contracts';
import type { RuntimeName } from '../runtimes/runtime.port.js';
import { allowancesOf, allowedFeatures, neverAllowed, type AllowedToJobs } from './allowances.js';
import { whyNotAllowed } from './why-not-allowed.js';

const all: AllowedToJobs = {
  hostPaths: ['/srv/data'],
  sharedNetworks: ['host', 'shop'],
  lowPorts: true,
  runAs: 'jobs',
  users: ['www:data'],
  registries: '/etc/registries.json',
  exec: true,
  lastLines: false,
};

describe('What an order may ask of a machine', () => {
  /** What is asked, by which setting it would be allowed. */
  const asked: readonly [RuntimeName, JsonObject, string][] = [
    ['docker', { volumes: ['/srv/data/x:/x'] }, 'OAKRING_WORKER_HOST_PATHS'],
    ['docker', { network: 'host' }, 'OAKRING_WORKER_SHARED_NETWORKS'],
    ['docker', { network: 'shop' }, 'OAKRING_WORKER_SHARED_NETWORKS'],
    ['docker', { ports: ['1023:8080'] }, 'OAKRING_WORKER_LOW_PORTS'],
    ['process', { ports: ['127.0.0.1:53:53/udp'] }, 'OAKRING_WORKER_LOW_PORTS'],
    ['unikernel', { ports: ['443:8443'] }, 'OAKRING_WORKER_LOW_PORTS'],
    ['process', { user: 'www:data' }, 'OAKRING_WORKER_USERS'],
    ['process', { user: 'jobs' }, 'OAKRING_WORKER_USERS'],
  ];

  it.each(asked)('is nothing of %s %j, unless its owner says so', (technology, job, setting) => {
    const why = whyNotAllowed(technology, job, {});
    expect(why).toMatch(/^not-allowed: this machine's owner lets no job have /);
    expect(why).toContain(`(${setting})`);
    expect(whyNotAllowed(technology, job, all)).toBeNull();
  });

  it.each<[RuntimeName, JsonObject]>([
    ['docker', { volumes: ['/srv/data-too:/x'] }],
    ['docker', { volumes: [{ hostPath: '/', target: '/x' }] }],
    ['docker', { network: 'HOST' }],
    ['docker', { network: 'container:db' }],
    ['docker', { network: 'ns:/proc/1/ns/net' }],
    ['docker', { network: ['host'] }],
    ['process', { volumes: ['/etc'] }],
    ['unikernel', { volumes: ['/etc'] }],
    ['process', { user: 'root' }],
    ['process', { user: 0 }],
    ['unikernel', { user: 'jobs' }],
  ])('is not %s %j where something else is allowed', (technology, job) => {
    expect(whyNotAllowed(technology, job, all)).toMatch(/^not-allowed: /);
  });

  it.each<[RuntimeName, JsonObject]>([
    ['docker', {}],
    ['docker', { network: 'bridge', ports: ['1024'], volumes: ['data:/data'], user: 'root' }],
    ['process', { network: 'host', ports: ['8080:80'], volumes: ['data'] }],
    ['simulated', { user: 'anybody' }],
  ])('is what any job may have: %s %j', (technology, job) => {
    expect(whyNotAllowed(technology, job, {})).toBeNull();
  });
});

describe('What jobs may ask of a machine', () => {
  it('is told for each setting of its owner, and what nobody can allow beside', () => {
    const told = allowancesOf({});
    const settings = Object.values(allowanceCatalogue).map(({ variable }) => variable);
    expect(told.map(({ setting }) => setting)).toEqual([...settings, null]);
    expect(told.at(-1)).toEqual({ what: neverAllowed, allowed: 'no', setting: null });
    const byDefault = Object.fromEntries(told.map(({ setting, allowed }) => [setting, allowed]));
    expect(byDefault).toMatchObject({
      OAKRING_WORKER_HOST_PATHS: 'no',
      OAKRING_WORKER_SHARED_NETWORKS: 'no',
      OAKRING_WORKER_LOW_PORTS: 'no',
      OAKRING_WORKER_USERS: 'no',
      OAKRING_WORKER_REGISTRIES: 'no',
      OAKRING_WORKER_EXEC: 'no',
      OAKRING_WORKER_RUN_AS: "the worker's own user",
    });
    expect(allowancesOf(all).map(({ allowed }) => allowed)).toEqual([
      ...['/srv/data and below', 'host, shop', 'yes', 'jobs', 'www:data'],
      ...['those in /etc/registries.json', 'yes', 'no', 'no'],
    ]);
  });

  it('is told to managers as far as jobs are placed by it', () => {
    const docker = { technology: 'docker', features: ['ports'] } as const;
    expect(allowedFeatures(docker, {})).toEqual(['docker:ports']);
    expect(allowedFeatures(docker, all)).toEqual([
      ...['docker:ports', 'docker:low-ports', 'docker:network:host', 'docker:network:shop'],
    ]);
    const guests = { technology: 'unikernel', features: ['args'] } as const;
    expect(allowedFeatures(guests, all)).toEqual(['unikernel:args']);
  });
});
