import { afterEach, describe, expect, it } from '@jest/globals';
import { problemOf } from '@oakring/contracts';
import type { Outlook } from './client/documents.js';
import { jobAnswer } from './testing/answers.js';
import { always, closeManager, oakring } from './testing/run-oakring.js';

afterEach(closeManager);

const document = { id: 'web', name: 'web', image: 'web:2', technology: 'docker' };
const input = JSON.stringify(document);
const unknown = always(problemOf({ code: 'job-unknown', detail: 'There is no job web.' }), 404);
const known = always(jobAnswer({ id: 'web' }));
const step = { job: 'web', instance: 0, nodeId: 'a', reason: 'because a' };
const outlook = (over: Partial<Outlook> = {}): Outlook => ({
  ...{ dryRun: true, position: 42, revision: 1, changes: [], stops: [], starts: [], more: 0 },
  ...over,
});
const order = { id: 'web', status: 'active', desired: 1, position: 43, revision: 2 };

describe('job plan', () => {
  it('of what is there already ends with 0', async () => {
    const { code, out, asked } = await oakring(
      ['job', 'plan', '-f', '-'],
      { 'GET /api/v1/jobs/web': known, 'PUT /api/v1/jobs/web': always(outlook()) },
      { input },
    );
    expect({ code, out }).toMatchObject({
      ...{ code: 0, out: expect.stringContaining('Nothing would change.') },
    });
    expect(asked.at(-1)?.url).toBe('/api/v1/jobs/web?dryRun=true');
  });

  it('of a change ends with 1, and says how to apply exactly that', async () => {
    const told = outlook({
      changes: [{ field: 'image', before: 'web:1', after: 'web:2' }],
      ...{ stops: [{ ...step, reason: 'updated to revision 2' }], starts: [step] },
    });
    const { code, out } = await oakring(
      ['job', 'plan', '-f', '-'],
      { 'GET /api/v1/jobs/web': known, 'PUT /api/v1/jobs/web': always(told) },
      { input },
    );
    expect(code).toBe(1);
    expect(out).toContain('~ image\n    - web:1\n    + web:2\n');
    expect(out).toContain(
      '- stop  web #0 on a updated to revision 2\n+ start web #0 on a because a',
    );
    expect(out).toContain('oakring job update web -f - --at-position 42');
  });

  it('of a new job ends with 1', async () => {
    const dry = {
      ...{ dryRun: true, job: document, desired: 1, position: 7, workers: ['a'], refusal: null },
      ...{ policy: 'p', seed: 1, considered: null, positions: null },
      placements: [{ instance: 0, nodeId: 'a', reason: 'because a', total: 9, scores: {} }],
    };
    const { code, out } = await oakring(
      ['job', 'plan', '-f', '-'],
      { 'GET /api/v1/jobs/web': unknown, 'POST /api/v1/jobs': always(dry) },
      { input },
    );
    expect({ code, out }).toMatchObject({
      ...{ code: 1, out: expect.stringContaining('oakring job run -f - --at-position 7') },
    });
  });

  it.each([
    ['a file that is none', '{', {}],
    ['a manager that refuses', input, { 'GET /api/v1/jobs/web': always({}, 500) }],
  ])('of %s ends with 2', async (_, given, routes) => {
    const { code } = await oakring(['job', 'plan', '-f', '-'], routes, { input: given });
    expect(code).toBe(2);
  });
});

describe('a planned order', () => {
  it.each([['update', 'web'], ['run']])(
    'of job %s names what it was planned on',
    async (...argv) => {
      const { code, asked } = await oakring(
        ['job', ...argv, '-f', '-', '--at-position', '42', '--if-revision', '1'],
        { 'GET /api/v1/jobs/web': known, 'PUT /api/v1/jobs/web': always(order) },
        { input },
      );
      expect(code).toBe(0);
      expect(asked.at(-1)?.url).toBe('/api/v1/jobs/web?atPosition=42&ifRevision=1');
    },
  );

  it('of a new job submits it', async () => {
    const { code, asked } = await oakring(
      ['job', 'run', '-f', '-', '--at-position', '7'],
      {
        'GET /api/v1/jobs/web': unknown,
        'POST /api/v1/jobs': always(jobAnswer({ id: 'web' }), 201),
      },
      { input },
    );
    expect({ code, last: asked.at(-1)?.method }).toEqual({ code: 0, last: 'POST' });
  });

  it('of a job that is gone since is refused', async () => {
    const { code, error, asked } = await oakring(
      ['job', 'run', '-f', '-', '--at-position', '7'],
      {
        'GET /api/v1/jobs/web': (request, answer) =>
          request.url.includes('at=7')
            ? answer.json(jobAnswer({ id: 'web' }))
            : answer.problem('job-unknown', 'There is no job web.'),
      },
      { input },
    );
    expect({ code, error }).toMatchObject({
      code: 1,
      error: expect.stringContaining('plan it again'),
    });
    expect(asked.some(({ method }) => method === 'POST')).toBe(false);
  });
});

describe('--dry-run', () => {
  it('of scaling several tells it of each', async () => {
    const named = (id: string) => always(outlook({ stops: [{ ...step, job: id }] }));
    const { code, out, asked } = await oakring(['job', 'scale', 'web', 'api', '1', '--dry-run'], {
      'POST /api/v1/jobs/web/replicate': named('web'),
      'POST /api/v1/jobs/api/replicate': named('api'),
    });
    expect(code).toBe(0);
    expect(out).toMatch(/- stop {2}web #0 on a[^]*- stop {2}api #0 on a/);
    expect(asked.map(({ url, body }) => [url.includes('?dryRun=true'), body])).toEqual([
      ...[
        [true, { count: 1 }],
        [true, { count: 1 }],
      ],
    ]);
  });

  it.each([
    [['job', 'scale', 'web', '3'], 'POST /api/v1/jobs/web/replicate'],
    [['job', 'rm', 'web'], 'DELETE /api/v1/jobs/web'],
    [['job', 'update', 'web', '--image', 'web:2'], 'PUT /api/v1/jobs/web'],
    [['node', 'drain', 'a'], 'POST /api/v1/nodes/a/drain'],
  ])('of %j tells what would be, and orders nothing', async (argv, route) => {
    const { code, out, asked } = await oakring([...argv, '--dry-run'], {
      'GET /api/v1/jobs/web': known,
      [route]: always(outlook({ stops: [step] })),
    });
    expect(code).toBe(0);
    expect(out).toContain('- stop  web #0 on a');
    expect(asked.at(-1)?.url).toContain('?dryRun=true');
  });
});
