import { describe, expect, it } from '@jest/globals';
import { readWorkerOptions } from './worker-options.js';

describe('The options of a worker', () => {
  it('need nothing to be set', () => {
    const options = readWorkerOptions({});
    expect(options).toMatchObject({
      mqttUrl: 'mqtt://127.0.0.1:10003',
      runtimes: ['process'],
      capacity: null,
      ip: '127.0.0.1',
      dockerHost: '/var/run/docker.sock',
    });
    expect(options.name).toBe(options.id);
    expect(options.dataFolder).toContain(`oakring-worker-${options.id}`);
  });

  it('look for the broker of this machine at the port that it was given', () => {
    const { mqttUrl } = readWorkerOptions({ OAKRING_MQTT_PORT: '10013' });
    expect(mqttUrl).toBe('mqtt://127.0.0.1:10013');
  });

  it('name users as a job does', () => {
    const users = { OAKRING_WORKER_RUN_AS: 'www:data', OAKRING_WORKER_USERS: 'app, 1000:1000' };
    expect(readWorkerOptions(users)).toMatchObject({
      ...{ runAs: 'www:data', users: ['app', '1000:1000'] },
    });
    for (const field of Object.keys(users)) {
      expect(() => readWorkerOptions({ [field]: 'a b' })).toThrow(
        `${field}: "a b" is not a user: a name or a uid, and a group behind a colon`,
      );
    }
  });

  it('are what the environment says', () => {
    expect(
      readWorkerOptions({
        OAKRING_WORKER_ID: 'edge-1',
        OAKRING_WORKER_NAME: 'Edge one',
        OAKRING_WORKER_DATA: '/data/edge-1',
        OAKRING_WORKER_RUNTIMES: 'docker, process',
        OAKRING_WORKER_CPU: '2000',
        OAKRING_WORKER_MEMORY: '1024',
        OAKRING_WORKER_LABELS: 'zone=north,note=a=b',
        OAKRING_WORKER_IP: '10.0.0.7',
        OAKRING_WORKER_PORT: '9000',
        OAKRING_MQTT_URL: 'mqtts://broker:8883',
        OAKRING_MQTT_USERNAME: 'edge',
        OAKRING_MQTT_PASSWORD: 'secret',
        DOCKER_HOST: 'unix:///run/docker.sock',
        OAKRING_WORKER_SHARED_NETWORKS: 'host, container:db',
        OAKRING_WORKER_HTTP_PORT: '0',
      }),
    ).toEqual({
      id: 'edge-1',
      name: 'Edge one',
      dataFolder: '/data/edge-1',
      sharedNetworks: ['host', 'container:db'],
      runtimes: ['process', 'docker'],
      capacity: { cpuMillis: 2_000, memoryMiB: 1_024 },
      labels: { zone: 'north', note: 'a=b' },
      architecture: expect.any(String),
      ip: '10.0.0.7',
      port: 9_000,
      mqttUrl: 'mqtts://broker:8883',
      username: 'edge',
      password: 'secret',
      startDelayMs: 0,
      dockerHost: 'unix:///run/docker.sock',
    });
  });

  it.each([
    [{}, true],
    [{ OAKRING_MQTT_URL: 'mqtt://localhost:1883' }, true],
    [{ OAKRING_MQTT_URL: 'mqtts://broker:8883' }, undefined],
    [{ OAKRING_MQTT_URL: 'mqtts://broker:8883', OAKRING_WORKER_EXEC: 'true' }, true],
    [{ OAKRING_WORKER_EXEC: 'false' }, undefined],
  ])(
    'let people run commands in instances where its owner says so, or the broker is its own: %j',
    (env, exec) => {
      expect(readWorkerOptions({ OAKRING_WORKER_ID: 'w', ...env }).exec).toBe(exec);
    },
  );

  it('allow jobs what the machine’s owner says, in one form each', () => {
    expect(
      readWorkerOptions({
        OAKRING_WORKER_ID: 'w',
        OAKRING_WORKER_LOW_PORTS: 'true',
        OAKRING_WORKER_HOST_PATHS: '/srv/data,/mnt',
        OAKRING_WORKER_SHARED_NETWORKS: 'shop',
      }),
    ).toMatchObject({ lowPorts: true, hostPaths: ['/srv/data', '/mnt'], sharedNetworks: ['shop'] });
    const long = { OAKRING_WORKER_SHARED_NETWORKS: 'n'.repeat(50) };
    expect(() => readWorkerOptions({ OAKRING_WORKER_ID: 'w', ...long })).toThrow(
      expect.objectContaining({
        code: 'settings-invalid',
        field: 'OAKRING_WORKER_SHARED_NETWORKS',
      }),
    );
  });

  it('tell what failed instances printed last, unless the machine’s owner keeps that here', () => {
    const told = (env: Record<string, string>) =>
      readWorkerOptions({ OAKRING_WORKER_ID: 'w', ...env }).lastLines ?? true;
    expect([{}, { OAKRING_WORKER_LAST_LINES: 'false' }].map(told)).toEqual([true, false]);
  });

  it('have a listener only where its port is said, and none beyond loopback that does not encrypt', () => {
    expect(readWorkerOptions({ OAKRING_HOST: '0.0.0.0' })).not.toHaveProperty('listener');
    expect(readWorkerOptions({ OAKRING_WORKER_HTTP_PORT: '9100' })).not.toHaveProperty('page');
    expect(readWorkerOptions({ OAKRING_WORKER_HTTP_PORT: '9100' }).listener).toMatchObject({
      ...{ host: '127.0.0.1', httpPort: 9_100, token: null },
    });
    const open = { OAKRING_WORKER_HTTP_PORT: '9100', OAKRING_HOST: '0.0.0.0' };
    expect(readWorkerOptions({ OAKRING_WORKER_HTTP_PORT: '9100' }).listener?.makesToken).toBe(true);
    expect(() => readWorkerOptions(open)).toThrow(/oakring certs init/);
    // With one it is encrypted, or somebody says that it is before it comes here.
    const closed = { ...open, OAKRING_TOKEN: 'secret' };
    expect(() => readWorkerOptions(closed)).toThrow(/oakring certs init --data .*oakring-worker-/);
    const read = readWorkerOptions({ ...closed, OAKRING_TLS: 'proxy' });
    expect(read.listener).toMatchObject({ host: '0.0.0.0', token: 'secret' });
  });

  it('have a page for this machine alone, whatever address others are served at, or none', () => {
    const env = { OAKRING_HOST: '0.0.0.0', OAKRING_TOKEN: 'secret', OAKRING_ALLOW_OPEN: 'true' };
    expect(readWorkerOptions(env).page).toEqual({
      ...{ host: '127.0.0.1', httpPort: 10_200, token: 'secret' },
      ...{ allowedHosts: [], allowOpen: false },
    });
    expect(readWorkerOptions({}).page).toMatchObject({ token: null, makesToken: true });
    expect(readWorkerOptions({ OAKRING_ALLOW_OPEN: 'true' }).page?.makesToken).toBeUndefined();
    const none = readWorkerOptions({ ...env, OAKRING_WORKER_HTTP_PORT: '0' });
    expect(none).not.toHaveProperty('page');
    expect(none).not.toHaveProperty('listener');
  });

  it('give a worker that only simulates the capacity that is assumed of any', () => {
    expect(readWorkerOptions({ OAKRING_WORKER_RUNTIMES: 'simulated' }).capacity).toEqual({
      cpuMillis: 4_000,
      memoryMiB: 8_192,
    });
  });

  it.each(['.', '..'])('take no id that is a step in a path (%s)', (id) => {
    expect(() => readWorkerOptions({ OAKRING_WORKER_ID: id })).toThrow(/not "\." or "\.\."/);
  });

  it('name every variable that is unusable at once', () => {
    const reading = () =>
      readWorkerOptions({
        OAKRING_WORKER_ID: 'a/b',
        OAKRING_MQTT_URL: 'http://broker',
        OAKRING_WORKER_RUNTIMES: 'process,vm',
        OAKRING_WORKER_CPU: 'many',
        OAKRING_WORKER_MEMORY: '-1',
        OAKRING_WORKER_LABELS: 'zone',
        OAKRING_WORKER_PORT: '',
      });
    expect(reading).toThrow(
      expect.objectContaining({
        code: 'settings-invalid',
        message: expect.stringMatching(
          /^7 unusable settings:[^]*_ID: "a\/b"[^]*vm[^]*many[^]*"-1"[^]*zone[^]*_PORT: ""[^]*_URL: "http:/,
        ),
      }),
    );
  });

  it('take no credentials in the address of the broker, and do not show them', () => {
    const read = (): unknown => readWorkerOptions({ OAKRING_MQTT_URL: 'mqtt://u:hunter2@h:1' });
    expect(read).toThrow(/mqtt:\/\/\*\*\*@h:1.*OAKRING_MQTT_PASSWORD/);
    expect(read).not.toThrow(/hunter2/);
  });
});
