import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from '../http/testing/test-manager.js';
import { registerNode } from '../testing/given.js';

const lastSeen = '2026-01-01T00:00:00.000Z';
const heard = (id: string) => ({ id, lastSeen, runs: ['a.b.c.d/0'], instances: 1 });

let manager: TestManager;
beforeAll(async () => {
  manager = await startTestManager({ strangers: [heard('new'), heard('old')] });
});
afterAll(() => manager.close());

describe('Workers that nobody knows', () => {
  it('are listed with what they run, until they have registered', async () => {
    await manager.submit(registerNode('old'));
    const answer = await manager.get('/api/v1/strangers');
    expect(await answer.json()).toMatchObject({ items: [heard('new')] });
  });
});
