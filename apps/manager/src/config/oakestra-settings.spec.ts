import { describe, expect, it } from '@jest/globals';
import { readManagerSettings } from './manager-settings.js';

describe('Settings of Oakestra', () => {
  it.each([
    [{}, false],
    [{ OAKRING_OAKESTRA: 'true' }, true],
    [{ SYSTEM_MANAGER_URL: 'root' }, true],
    [{ SYSTEM_MANAGER_URL: 'http://root:10000' }, true],
    [{ SYSTEM_MANAGER_URL: 'root', OAKRING_OAKESTRA: 'false' }, false],
  ])('with %j its wire is spoken: %j', (env, speaks) => {
    const place = { CLUSTER_LOCATION: '1,2,3' };
    expect(readManagerSettings({ ...place, ...env }).speaksOakestra).toBe(speaks);
  });

  it.each([
    [{ MQTT_BROKER_URL: 'broker' }, 'mqtt://broker:10003'],
    [{ MQTT_BROKER_URL: '[fe80::1]', MQTT_BROKER_PORT: '1883' }, 'mqtt://[fe80::1]:1883'],
    [{ MQTT_BROKER_URL: 'mqtt://broker:7' }, 'mqtt://broker:7'],
    [{ MQTT_BROKER_URL: 'broker', MQTT_CERT: '/certs' }, 'mqtts://broker:10003'],
    [{ MQTT_BROKER_URL: 'broker', OAKRING_MQTT_URL: 'mqtt://ours:1' }, 'mqtt://ours:1'],
  ])('with %j the broker is at %s', (env, url) => {
    expect(readManagerSettings(env).mqttUrl).toBe(url);
  });

  it.each([
    ['SYSTEM_MANAGER_URL', 'root or so'],
    ['SYSTEM_MANAGER_URL', 'root:0'],
    ['SYSTEM_MANAGER_URL', 'http://root:65536'],
    ['SYSTEM_MANAGER_PORT', '0'],
    ['SYSTEM_MANAGER_GRPC_PORT', '70000'],
    ['MY_PORT', '0'],
    ['MQTT_BROKER_URL', 'a b'],
    ['MQTT_BROKER_PORT', '0'],
    ['CLUSTER_SERVICE_MANAGER_ADDR', 'a b'],
    ['CLUSTER_SERVICE_MANAGER_PORT', 'x'],
    ['OAKRING_OAKESTRA', 'yes'],
    ['OAKRING_OAKESTRA_CPU_OVERCOMMIT', '0'],
    ['OAKRING_OAKESTRA_UNKEPT', 'drop'],
    ['OAKRING_OAKESTRA_FORGETFUL_ROOT', 'forget'],
    ['OAKRING_OAKESTRA_LOST_AFTER_MS', '499'],
    ['OAKRING_OAKESTRA_HOSTS', '10.0.0.0/33'],
    ['OAKRING_OAKESTRA_HOSTS', 'edge-1'],
  ])('stop a start by the name of %s=%s, beside others that are bad', (variable, value) => {
    for (const others of [{}, { OAKRING_PORT: 'x', OAKRING_STORE: 'http://x' }]) {
      const start = () => readManagerSettings({ ...others, [variable]: value });
      expect(start).toThrow(`\n  ${variable}: "${value}" `);
    }
  });

  it.each(['CLUSTER_NAME', 'CLUSTER_LOCATION'])(
    'stop a start with a root by the name of an empty %s',
    (variable) => {
      const named = { CLUSTER_NAME: 'edge', CLUSTER_LOCATION: 'here', [variable]: '' };
      expect(() => readManagerSettings({ ...named, SYSTEM_MANAGER_URL: 'root' })).toThrow(variable);
      expect(readManagerSettings(named).speaksOakestra).toBe(false);
    },
  );

  it('are refused beyond loopback, unless it is said who may come, and by which broker', () => {
    const open = {
      ...{ OAKRING_OAKESTRA: 'true', OAKRING_HOST: '10.0.0.1', OAKRING_TOKEN: 't' },
      ...{ OAKRING_MQTT_USERNAME: 'u', OAKRING_MQTT_PASSWORD: 'p', OAKRING_TLS: 'proxy' },
    };
    const closed = {
      ...{ MQTT_CERT: '/certs', OAKRING_MQTT_URL: 'mqtts://broker:1' },
      ...{ OAKRING_OAKESTRA_HOSTS: '10.0.0.0/8,::1' },
    };
    expect(() => readManagerSettings(open)).toThrow('OAKRING_OAKESTRA_HOSTS is not set');
    expect(readManagerSettings({ ...open, ...closed }).oakestraHosts).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
    for (const missing of Object.keys(closed)) {
      expect(() => readManagerSettings({ ...open, ...closed, [missing]: '' })).toThrow('Oakestra');
    }
    expect(readManagerSettings({ ...open, OAKRING_ALLOW_OPEN: 'true' }).speaksOakestra).toBe(true);
  });
});
