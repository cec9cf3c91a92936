import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeOwnOnly } from '@oakring/http/testing';
import { node } from '@oakring/planning/testing';
import { systemPorts } from '@oakring/ports';
import { startScheduler, type RunningScheduler } from './start-scheduler.js';
import { startFakeManager, type FakeManager } from './testing/fake-manager.js';

describe('a scheduler on loopback', () => {
  let manager: FakeManager;
  let scheduler: RunningScheduler;
  beforeAll(async () => {
    manager = await startFakeManager([node('a')]);
    scheduler = await startScheduler({
      ...{ host: '127.0.0.1', port: 0, token: null, allowedHosts: [], allowOpen: false },
      ...{ managerUrl: manager.url, ports: systemPorts() },
    });
  });
  afterAll(async () => {
    await scheduler.stop();
    manager.close();
  });

  describeOwnOnly('It', {
    url: () => scheduler.url,
    ...{ read: '/metrics', change: 'POST /api/v1/schedule' },
  });
});
