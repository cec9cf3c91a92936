import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from './testing/test-manager.js';

describe('the bearer token', () => {
  let manager: TestManager;
  beforeAll(async () => {
    manager = await startTestManager({ token: 'open-sesame' });
  });
  afterAll(() => manager.close());

  it('lets those in who carry it', async () => {
    expect((await manager.get('/api/v1/jobs')).status).toBe(200);
    expect((await fetch(`${manager.url}/api/v1/jobs`, carrying('bearer open-sesame'))).status).toBe(
      200,
    );
  });

  it.each([
    ['no header', {}],
    ['another token', carrying('Bearer open-sesam')],
    ['another scheme', carrying('Basic open-sesame')],
    ['an empty token', carrying('Bearer ')],
  ])('is missed in a request with %s', async (_name, init) => {
    const response = await fetch(`${manager.url}/api/v1/jobs`, init);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="oakring"');
    expect(await response.json()).toMatchObject({ code: 'unauthorized', status: 401 });
  });

  it.each(['/metrics', '/nothing', '/healthy', '/api/docsx', '/api/v1/leadership'])(
    'guards %s too',
    async (path) => {
      expect((await fetch(`${manager.url}${path}`)).status).toBe(401);
    },
  );

  it('proves nothing to anybody where there is one manager', async () => {
    const answer = await fetch(`${manager.url}/api/v1/leadership/proof?challenge=c`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'route-unknown' });
  });

  it('is not asked of a browser that opens the description of the interface', async () => {
    for (const path of ['/api/docs', '/api/docs/start.js', '/api/docs-json'])
      expect((await fetch(`${manager.url}${path}`)).status).toBe(200);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${manager.url}/api/docs`, init)).status).toBe(401);
  });

  it('leaves a trace when it is missed: a count by code, without the token that was tried', async () => {
    const count = async (): Promise<number> => {
      const text = await (await manager.get('/metrics')).text();
      expect(text).not.toContain('a-guess');
      const [, shown = '0'] =
        /oakring_http_refused_total\{code="unauthorized"\} (\d+)/.exec(text) ?? [];
      return Number(shown);
    };
    const before = await count();
    await fetch(`${manager.url}/api/v1/jobs`, carrying('Bearer a-guess'));
    await fetch(`${manager.url}/api/v1/jobs`);
    expect(await count()).toBe(before + 2);
  });

  it('is not asked of probes', async () => {
    expect((await fetch(`${manager.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${manager.url}/health/ready`)).status).toBe(200);
  });
});

function carrying(authorization: string): RequestInit {
  return { headers: { authorization } };
}
