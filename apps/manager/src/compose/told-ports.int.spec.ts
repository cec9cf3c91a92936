import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { readManagerSettings } from '../config/manager-settings.js';
import { StrictRoot } from '../root/testing/strict-root.js';
import { openBrokerOf } from './open-broker-of.js';
import { rootPartsOf } from './root-parts.js';

const ownPort = 10_100;

describe('The port that a root is told', () => {
  let root: StrictRoot;
  beforeEach(async () => {
    root = await StrictRoot.start();
  });
  afterEach(() => root.stop());

  const toldWith = async (env: Readonly<Record<string, string>>) => {
    const settings = readManagerSettings({
      ...{ CLUSTER_NAME: 'edge', CLUSTER_LOCATION: 'here' },
      SYSTEM_MANAGER_URL: `localhost:${root.httpPort}`,
      SYSTEM_MANAGER_GRPC_PORT: String(root.grpcPort),
      ...env,
    });
    const parts = rootPartsOf(settings, systemPorts().clock, () => ownPort);
    await parts?.root.register(new AbortController().signal);
    return root.clusters.get('edge')?.port;
  };

  it('is MY_PORT where that is set, else the one that we listen on', async () => {
    expect(await toldWith({ MY_PORT: '8080' })).toBe(8_080);
    expect(await toldWith({})).toBe(ownPort);
  });
});

describe('The port of the broker that workers are told', () => {
  const toldWith = (
    env: Readonly<Record<string, string>>,
    { url = 'mqtt://127.0.0.1:10003', connected = true } = {},
  ) =>
    openBrokerOf(
      readManagerSettings(env),
      { url, connection: { connected }, accounts: null, ownNames: () => [], stands: () => false },
      { lastSeenMs: () => null },
    ).portToTell();

  it('is MQTT_BROKER_PORT where that is set', () => {
    expect(toldWith({ MQTT_BROKER_PORT: '1885' })).toBe(1_885);
  });

  it.each([
    ['mqtt://broker:10003', 10_003],
    ['mqtt://broker', 1_883],
    ['mqtts://broker', 8_883],
  ])('is else the one of %s', (url, port) => {
    expect(toldWith({}, { url })).toBe(port);
  });

  it('is none while our own connection to it is not up', () => {
    expect(toldWith({ MQTT_BROKER_PORT: '1885' }, { connected: false })).toBeNull();
  });
});
