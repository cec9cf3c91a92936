import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from './testing/test-manager.js';

describe('every answer over HTTP', () => {
  let manager: TestManager;
  beforeAll(async () => {
    manager = await startTestManager({ token: 'open-sesame' });
  });
  afterAll(() => manager.close());

  it.each([
    ['/api/v1/jobs', 200],
    ['/api/v1/events', 200],
    ['/api/v1/jobs/none', 404],
    ['/nothing', 404],
    ['/health/live', 200],
    ['/metrics', 200],
  ])('may be neither framed, guessed at nor kept: %s', async (path, status) => {
    const response = await manager.get(path);
    await response.text();
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': expect.stringContaining('no-store'),
    });
  });

  it('carries them when it is refused as well', async () => {
    const response = await fetch(`${manager.url}/api/v1/jobs`);
    expect(response.status).toBe(401);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
