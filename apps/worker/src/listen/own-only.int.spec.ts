import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeOwnOnly } from '@oakring/http/testing';
import { Count, Labelled } from '@oakring/metrics';
import { systemPorts } from '@oakring/ports';
import { startListener, type RunningListener } from './start-listener.js';

describe('a worker that listens on loopback', () => {
  let listener: RunningListener;
  beforeAll(async () => {
    const idle = {
      ...{ instances: () => [], checks: { passed: 0, failed: 0, unclear: 0 } },
      ...{ orders: new Labelled(() => new Count()), isConnected: true, isRegistered: true },
      ...{ readings: 0, unsent: 0 },
      standing: (): never => {
        throw new Error('its page is not asked for here');
      },
    };
    const place = { host: '127.0.0.1', httpPort: 0, token: null, allowedHosts: [] };
    const options = { ...place, allowOpen: false, dataFolder: '.' };
    listener = await startListener(idle, options, systemPorts(), () => {});
  });
  afterAll(() => listener.stop());

  describeOwnOnly('It', { url: () => listener.url, read: '/metrics', change: null });
});
