import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const overrides = readdirSync('.').filter((file) => /^override-.*\.yml$/.test(file));
const isHere = spawnSync('docker-compose', ['version']).status === 0;
if (!isHere) console.error('NOT RUN, there is no docker-compose: the compose files');

/** What of a service is looked at here. */
interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly build?: object;
  readonly depends_on?: Readonly<Record<string, object>>;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly user?: string;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly healthcheck?: object;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

function config(files: readonly string[], env: Record<string, string> = {}) {
  const args = ['docker-compose.yml', ...files].flatMap((file) => ['-f', file]);
  const { status, stdout, stderr } = spawnSync('docker-compose', [...args, 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, stdout, stderr };
}

function servicesOf(stdout: string): Readonly<Record<string, Service>> {
  return (parse(stdout) as { services: Record<string, Service> }).services;
}

const cluster = {
  SYSTEM_MANAGER_URL: 'http://root:10000',
  CLUSTER_NAME: 'berlin',
  CLUSTER_LOCATION: '52.5,13.4,10',
  CLUSTER_SERVICE_MANAGER_ADDR: 'net',
  OAKRING_STORE: 'mongodb://a,b,c/oakring?replicaSet=rs',
  OAKRING_MQTT_URL: 'mqtts://broker:8883',
  OAKRING_TOKEN: 'secret',
};

(isHere ? describe : describe.skip)('the compose files', () => {
  it.each([[overrides], ...overrides.map((file) => [[file]])])('are valid with %j', (files) => {
    const { status, stderr, stdout } = config(files, cluster);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('CLUSTER_NAME: berlin');
    expect(stdout).toContain('SYSTEM_MANAGER_URL: http://root:10000');
  });

  it.each([
    ['override-custom-service-manager.yml', 'the host of your service manager'],
    ['override-outside-mongodb.yml', 'of your replica set'],
    ['override-outside-broker.yml', 'of your broker'],
    ['override-token.yml', 'the token that requests must carry'],
  ])('ask for what %s cannot do without', (file, words) => {
    const { status, stderr } = config([file]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(words);
  });

  it('tell nobody of a deploy with override-no-network.yml, whatever network component is named', () => {
    const { manager } = servicesOf(config(['override-no-network.yml'], cluster).stdout);
    expect(manager?.environment).toMatchObject({ CLUSTER_SERVICE_MANAGER_ADDR: '' });
  });

  it('are written for the specification of today, which has no versions of files', () => {
    const versioned = ['docker-compose.yml', ...overrides].filter((file) =>
      /^version:/m.test(readFileSync(file, 'utf8')),
    );
    expect(versioned).toEqual([]);
  });
});

(isHere ? describe : describe.skip)('Each service of docker-compose.yml', () => {
  let services: [string, Service][];
  beforeAll(() => {
    // Every override that adds one. Without the three variables: each may be missing.
    const { stdout, stderr } = config(['override-two-managers.yml', 'override-alloy.yml']);
    expect(stderr).toBe('');
    services = Object.entries(servicesOf(stdout));
  });

  /** The names of those for which it is not so. */
  function unless(holds: (service: Service) => boolean): readonly string[] {
    return services.filter(([, service]) => !holds(service)).map(([name]) => name);
  }

  it('of an image that is built here waits for whoever has it built', () => {
    const files = ['override-two-managers.yml', 'infra/compose/worker.yml'];
    const all = new Map(Object.entries(servicesOf(config(files).stdout)));
    const isBuilt = ({ build, depends_on: others = {} }: Service): boolean =>
      build !== undefined || Object.keys(others).some((other) => isBuiltBy(other));
    const isBuiltBy = (name: string): boolean => {
      const service = all.get(name);
      return service?.image === 'oakring' && isBuilt(service);
    };
    const ours = [...all].filter(([, { image }]) => image === 'oakring');
    expect(ours.length).toBeGreaterThan(3);
    expect(ours.filter(([, service]) => !isBuilt(service)).map(([name]) => name)).toEqual([]);
  });

  it('is there', () => {
    expect(services.map(([name]) => name)).toEqual(
      expect.arrayContaining(
        'mosquitto mongodb manager scheduler promtail loki grafana prometheus'.split(' '),
      ),
    );
  });

  it('has a pinned image, or is built here', () => {
    expect(unless(({ image }) => image === 'oakring' || /:v?\d+\.\d+\.\d+$/.test(image))).toEqual(
      [],
    );
  });

  it('comes back, is watched, and has limits; only what prepares them ends', () => {
    expect(unless(({ restart }) => restart === 'unless-stopped')).toEqual(['prepare']);
    expect(unless(({ healthcheck }) => healthcheck !== undefined)).toEqual(['prepare']);
    expect(unless((one) => one.mem_limit !== undefined && one.pids_limit !== undefined)).toEqual(
      [],
    );
    expect(unless(({ logging }) => logging?.options?.['max-size'] !== undefined)).toEqual([]);
  });

  it('may write to its volumes only, and do nothing as root but read the socket of the engine', () => {
    expect(unless(({ read_only: readOnly }) => readOnly === true)).toEqual([]);
    expect(unless(({ cap_drop: dropped = [] }) => dropped.includes('ALL'))).toEqual([]);
    // The image says who ours are.
    const root = unless(
      ({ image, user }) => image === 'oakring' || !/^(0|root|$)/.test(user ?? ''),
    );
    const ofEngine = ({ volumes = [] }: Service) =>
      volumes.some((volume) => volume.startsWith('/var/run/docker.sock:'));
    expect(root).toEqual(unless((service) => !ofEngine(service)));
  });

  it('is published on this machine alone', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published.length).toBeGreaterThanOrEqual(6);
    expect(published.filter((port) => !/^127\.0\.0\.1:\d+:\d+\/tcp$/.test(port))).toEqual([]);
  });
});
