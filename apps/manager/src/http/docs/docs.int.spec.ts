import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { startTestManager, type TestManager } from '../testing/test-manager.js';

/** Where it stands for whoever makes a client of it. `npm run openapi` writes it anew. */
const file = 'docs/openapi.json';

interface ApiDocument {
  readonly paths: Record<string, Record<string, { summary?: string; responses: object }>>;
  readonly components: { schemas: Record<string, { properties?: object }> };
}

describe('the description of the interface', () => {
  let manager: TestManager;
  let document: ApiDocument;
  beforeAll(async () => {
    manager = await startTestManager();
    document = (await (await manager.get('/api/docs-json')).json()) as ApiDocument;
  });
  afterAll(() => manager.close());

  it('is what docs/openapi.json says; if not, npm run openapi writes it anew', () => {
    const isWritten = process.env['OAKRING_WRITES_OPENAPI'] === 'true';
    if (isWritten) writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(document);
  });

  it('is shown to people without another server', async () => {
    const page = await (await manager.get('/api/docs')).text();
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(4);
    for (const link of links) {
      const asset = await manager.get(link);
      expect(asset.status).toBe(200);
      expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
  });

  it('is a page that runs its own scripts only, and that nobody frames', async () => {
    const response = await manager.get('/api/docs');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(await response.text()).not.toMatch(/<script>|\son\w+=/);
  });

  it.each(['package.json', '..%2fpackage.json', 'constructor'])(
    'does not serve %s',
    async (name) => {
      expect((await manager.get(`/api/docs/${name}`)).status).toBe(404);
    },
  );
});
