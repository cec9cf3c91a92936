import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { connectAsync } from 'mqtt';
import { BrokerLink, type Admission } from './broker-link.js';
import { startTestBroker } from './testing/manager-by-hand.js';

const nobody: Admission = {
  shown: async () => ({ username: null, password: null }),
  refused: () => {},
};

describe('The link to a broker that takes less than a manager', () => {
  it('finds out how much, and what is made no larger arrives', async () => {
    const broker = await startTestBroker(20_000);
    const manager = await connectAsync(broker.url, { reconnectPeriod: 0 });
    await manager.subscribeAsync('nodes/w1/state');
    const arrived = new Promise<number>((resolve) => {
      manager.once('message', (_topic, payload) => resolve(payload.byteLength));
    });
    const link: BrokerLink = new BrokerLink(
      {
        ...{ url: broker.url, admission: nobody, clientId: 'w1' },
        subscriptions: ['nodes/w1/controls'],
        will: () => ({ topic: 'nodes/w1/status', payload: '{}' }),
      },
      // Never waits: a reconnect that takes its time would only slow the test.
      { ...systemPorts(), randomness: { integer: () => 0 } },
      {
        up: () => link.publish('nodes/w1/state', 'x'.repeat(link.mostBytes), { qos: 1 }),
        down: () => {},
        message: () => {},
      },
    );
    link.start();
    const bytes = await arrived;
    await link.stop(null);
    manager.end(true);
    await broker.stop();
    expect(bytes).toBeLessThan(20_000);
    expect(bytes).toBeGreaterThan(8_000);
  });
});

describe('What the link keeps in memory', () => {
  it('is no buffer for each number that a packet may have', async () => {
    // Of the very copy that MQTT.js has: of another one none would ever be made.
    const own = createRequire(import.meta.url);
    const ofMqtt = createRequire(own.resolve('mqtt'));
    expect(ofMqtt.resolve('mqtt-packet')).toBe(own.resolve('mqtt-packet'));
    const { cache }: { cache: object } = ofMqtt('mqtt-packet/numbers.js');
    // What another spec of this process has had made of it is there.
    const before = Object.keys(cache).length;
    const broker = await startTestBroker();
    let up = (): void => {};
    const isUp = new Promise<void>((resolve) => (up = resolve));
    const link = new BrokerLink(
      {
        ...{ url: broker.url, admission: nobody, clientId: 'w1' },
        subscriptions: ['nodes/w1/controls'],
        will: () => ({ topic: 'nodes/w1/status', payload: '{}' }),
      },
      systemPorts(),
      { up, down: () => {}, message: () => {} },
    );
    link.start();
    await isUp;
    await link.stop(null);
    await broker.stop();
    expect(Object.keys(cache)).toHaveLength(before);
    expect(ofMqtt('mqtt-packet').writeToStream).toHaveProperty('cacheNumbers', false);
  });
});
