import { afterEach, describe, expect, it } from '@jest/globals';
import type { Revision } from './client/documents.js';
import { jobAnswer } from './testing/answers.js';
import { always, closeManager, oakring } from './testing/run-oakring.js';

afterEach(closeManager);

const web = { id: 'web', name: 'web', technology: 'docker' };
const revision = (number: number, over: Partial<Revision> = {}): Revision => ({
  revision: number,
  position: 10 * number,
  at: '2026-01-01T00:00:00.000Z',
  by: 'api/token',
  changed: `image web:${number - 1} → web:${number}`,
  image: `web:${number}`,
  current: false,
  status: 'completed',
  reason: null,
  running: 0,
  ...over,
});
const shown = (number: number) =>
  always({ ...revision(number), changes: [], document: { ...web, image: `web:${number}` } });

describe('job history', () => {
  it('shows every revision, page by page, and which the job is now', async () => {
    const first = [revision(3, { current: true, status: 'progressing', running: 1 }), revision(2)];
    const back = revision(1, { status: 'wentBack', reason: 'instance 0 failed' });
    const { code, out, asked } = await oakring(['job', 'history', 'web'], {
      'GET /api/v1/jobs/web/revisions': (_, answer, before) =>
        answer.json(
          before === 0
            ? { items: first, position: 40, next: '1' }
            : { items: [back], position: 40 },
        ),
    });
    expect(code).toBe(0);
    expect(out).toMatch(/3 \(now\) .*api\/token.*in progress +1 +image web:2 → web:3/);
    expect(out).toMatch(/1 .*gone back from .*\(instance 0 failed\)/);
    expect(asked.map(({ url }) => url.split('?')[1])).toEqual(['limit=100', 'limit=100&cursor=1']);
  });
});

describe('job diff', () => {
  it('is of the newest revision and the one before, unless others are named', async () => {
    const routes = {
      'GET /api/v1/jobs/web': always(jobAnswer({ id: 'web', revision: 3 })),
      ...{ 'GET /api/v1/jobs/web/revisions/1': shown(1) },
      ...{ 'GET /api/v1/jobs/web/revisions/2': shown(2) },
      ...{ 'GET /api/v1/jobs/web/revisions/3': shown(3) },
    };
    const { out } = await oakring(['job', 'diff', 'web'], routes);
    expect(out).toBe('from revision 2 to revision 3\n~ image\n    - web:2\n    + web:3\n');
    const named = await oakring(['job', 'diff', 'web', '1', '2'], routes);
    expect(named.out).toContain('from revision 1 to revision 2');
  });

  it('is of a file with what the job is now', async () => {
    const document = { ...web, image: 'web:1', count: 2 };
    const { out } = await oakring(
      ['job', 'diff', 'web', '-f', '-'],
      { 'GET /api/v1/jobs/web': always(jobAnswer({ id: 'web', document })) },
      { input: JSON.stringify({ ...document, image: 'web:2', environment: { A: 'b' } }) },
    );
    expect(out).toBe(
      'from revision 1 to the file\n~ environment.A\n    + b\n~ image\n    - web:1\n    + web:2\n',
    );
  });

  it('of a job that was never changed says so', async () => {
    const { code, error } = await oakring(['job', 'diff', 'web'], {
      'GET /api/v1/jobs/web': always(jobAnswer({ id: 'web', revision: 1 })),
    });
    expect({ code, error }).toMatchObject({
      ...{ code: 1, error: expect.stringContaining('nothing was changed yet') },
    });
  });
});

describe('job rollback', () => {
  it.each([
    [[], {}],
    [['--to', '3'], { to: 3 }],
  ])('%j orders it and says what comes of it', async (argv, body) => {
    const order = { id: 'web', status: 'active', desired: 2, position: 9, revision: 5 };
    const { code, out, asked } = await oakring(['job', 'rollback', 'web', ...argv], {
      'POST /api/v1/jobs/web/rollback': always({ ...order, restarts: true }),
    });
    expect({ code, body: asked[0]?.body }).toEqual({ code: 0, body });
    expect(out).toContain('Job web is to run revision 5');
  });
});
