import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../parsing/parsing.js';
import { jobOf, parseRequirement } from './job-document.js';
import type { SubmitJob } from './job-body.js';
import type { NeedConstraint } from './job-needs.js';

const plain = { name: 'web', image: 'web', technology: 'docker' } as const;

function needsOf(document: JsonObject) {
  const requirement = parseRequirement({ ...plain, ...document });
  return requirement.ok ? requirement.value.constraints : requirement.refusal;
}
const submitted = (document: Partial<SubmitJob>) => () => jobOf({ ...plain, ...document });

describe('What a job document needs of a worker', () => {
  it('is nothing where it says nothing that a worker may not heed', () => {
    expect(needsOf({ cmd: ['run'], environment: { A: '1' }, args: [], volumes: null })).toEqual([]);
  });

  it('is a feature for each field that a worker may not know, by the technology', () => {
    expect(needsOf({ args: ['-v'], workingDirectory: '/srv' })).toEqual([
      {
        ...{ type: 'features', hostPaths: [], registries: [] },
        features: [
          { feature: 'docker:args', field: 'args' },
          { feature: 'docker:working-directory', field: 'workingDirectory' },
        ],
      },
    ]);
  });

  it('is a user of its machine, for a process: a container has its own', () => {
    const featuresFor = (technology: string) =>
      needsOf({ technology, user: 'www:data' }) as readonly { readonly features: object }[];
    const field = 'user';
    expect(featuresFor('docker')[0]?.features).toEqual([{ feature: 'docker:user', field }]);
    expect(featuresFor('process')[0]?.features).toEqual([
      { feature: 'process:user', field },
      { feature: 'process:user:www:data', field },
    ]);
  });

  it('is what it publishes and which folders of the machine it asks for', () => {
    const said = {
      ports: ['8080:80', '127.0.0.1:53:53/udp'],
      volumes: ['/srv/x:/x', 'data:/data'],
    };
    expect(needsOf(said)).toEqual([
      {
        ...{ type: 'features', hostPaths: ['/srv/x'], registries: [] },
        features: [
          { feature: 'docker:ports', field: 'ports' },
          { feature: 'docker:volumes', field: 'volumes' },
          { feature: 'docker:host-paths', field: 'volumes' },
          { feature: 'docker:low-ports', field: 'ports' },
        ],
      },
      { type: 'ports', ports: ['8080/tcp', '127.0.0.1:53/udp'] },
    ]);
  });

  it.each<[JsonObject, readonly string[]]>([
    [{ network: 'host' }, ['docker:network:host']],
    [{ network: 'shop_default' }, ['docker:network:shop_default']],
    [{ network: 7 }, ['docker:network:7']],
    [{ network: 'none' }, []],
    [{ network: 'bridge' }, []],
    [{ technology: 'process', network: 'host' }, []],
    [{ ports: ['1024:80'] }, ['docker:ports']],
    [{ ports: ['1023'] }, ['docker:ports', 'docker:low-ports']],
    [{ technology: 'process', ports: ['80'], volumes: [] }, ['process:ports', 'process:low-ports']],
  ])('is the word of its machine’s owner, where it asks for what is his: %j', (said, features) => {
    const all = needsOf(said) as readonly NeedConstraint[];
    const needed = all.flatMap((each) => (each.type === 'features' ? each.features : []));
    expect(needed.map(({ feature }) => feature)).toEqual(features);
  });

  it('is that it can be given secrets, where it names any', () => {
    const secrets = (field: string) => [
      {
        ...{ type: 'features', hostPaths: [], registries: [] },
        features: [{ feature: 'docker:secrets', field }],
      },
    ];
    expect(needsOf({ environment: { A: { secret: 'db' } } })).toEqual(secrets('environment'));
    expect(needsOf({ registryCredentials: { secret: 'db' } })).toEqual(
      secrets('registryCredentials'),
    );
  });

  it('is nothing in the document of a root’s job, which has its own words', () => {
    expect(needsOf({ numbering: 'given', args: ['-v'] })).toEqual([]);
  });

  it('stands beside the rules that the document states', () => {
    const stated = { type: 'direct', node: 'n1' };
    expect(needsOf({ constraints: [stated], args: ['-v'] })).toMatchObject([
      stated,
      { type: 'features' },
    ]);
  });
});

describe('A job document', () => {
  it.each([
    'OAKRING_JOB',
    'OAKRING_NODE',
    'OAKRING_GENERATION',
    'OAKRING_PORT_80',
    'OAKRING_ADDRESS_80',
  ])('cannot say otherwise what each instance is told by %s', (name) => {
    expect(submitted({ environment: { [name]: 'x' } })).toThrow(
      `environment sets ${name}, which the worker itself tells each instance; leave it out.`,
    );
    expect(submitted({ environment: [`${name}=x`] })).toThrow(/leave it out/);
    const environment = { [name]: { secret: 'x' } };
    expect(submitted({ environment })).toThrow(/leave it out/);
  });

  it.each<[Partial<SubmitJob>, RegExp]>([
    [
      { ports: ['80', '127.0.0.1:80:81'] },
      /ports.1 publishes 127.0.0.1:80.tcp, which is .* 80.tcp/,
    ],
    [{ volumes: ['a:/x', 'b:/x'] }, /volumes.1.target is .x, where another one is already/],
  ])('cannot be what no instance could have: %j', (said, why) => {
    expect(submitted(said)).toThrow(why);
  });

  it('may use all other names', () => {
    expect(submitted({ environment: { OAKRING_URL: 'x', JOB: 'y' } })).not.toThrow();
  });
});

describe('How a job says that it is updated', () => {
  const never = { stopOnWorkerAfterMs: 30_000 };

  it.each<[string, Partial<SubmitJob>, string]>([
    ['no instance could ever be', { update: { maxUnavailable: 0 } }, 'update.maxUnavailable'],
    [
      'what must never run twice would',
      { update: { surge: 1 }, onDisconnect: never },
      'update.surge',
    ],
    [
      'what runs to its end would run beside itself',
      { update: { surge: 1 }, one_shot: true },
      'update.surge',
    ],
  ])('is refused where %s', (_, document, field) => {
    expect(submitted(document)).toThrow(expect.objectContaining({ code: 'invalid-field', field }));
  });

  it('may leave none missing where a new one may run beside the old one', () => {
    expect(submitted({ update: { maxUnavailable: 0, surge: 1 } })()).toMatchObject({
      policy: { update: { maxUnavailable: 0, surge: 1 } },
    });
    expect(submitted({ update: { surge: 0 }, onDisconnect: never, one_shot: true })).not.toThrow();
  });
});
