import { afterEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { jobAnswer, jobSummary, nodeAnswer } from './testing/answers.js';
import type { Route } from './testing/fake-manager.js';
import { always, closeManager, oakring, page } from './testing/run-oakring.js';

afterEach(closeManager);

const chosen = '0b7f3c2e-8d1a-4c57-9f0e-3a2b1c4d5e6f';
const none: Route = (_, answer) => answer.problem('job-unknown', 'There is no job so called.');
const order = (id: string): Route => always({ id, status: 'active', desired: 1, position: 9 });

describe('A job that a person names', () => {
  it('is asked for by its id at once, whatever else is called so', async () => {
    const { code, asked } = await oakring(['job', 'show', 'hello'], {
      'GET /api/v1/jobs/hello': always(jobAnswer()),
    });
    expect({ code, urls: asked.map(({ url }) => url) }).toEqual({
      code: 0,
      urls: ['/api/v1/jobs/hello'],
    });
  });

  it('may be named by its name, and looked at by any beginning of its own', async () => {
    for (const [text, item] of [
      ['web', jobSummary({ id: chosen, name: 'web' })],
      ['0b7', jobSummary({ id: chosen })],
      ['hel', jobSummary()],
    ] as const) {
      const { code, asked } = await oakring(['job', 'show', text], {
        [`GET /api/v1/jobs/${text}`]: none,
        'GET /api/v1/jobs': page(item),
        [`GET /api/v1/jobs/${item.id}`]: always(jobAnswer()),
      });
      const urls = asked.map(({ url }) => url);
      expect({ code, urls }).toEqual({
        code: 0,
        urls: [
          `/api/v1/jobs/${text}`,
          `/api/v1/jobs?named=${text}&limit=11`,
          `/api/v1/jobs/${item.id}`,
        ],
      });
    }
  });

  it('is the one so called among those that begin so', async () => {
    const { code } = await oakring(['job', 'rm', 'web'], {
      'DELETE /api/v1/jobs/web': none,
      'GET /api/v1/jobs': page(
        jobSummary({ id: chosen, name: 'web' }),
        jobSummary({ id: 'web-2', name: 'web-2' }),
      ),
      [`DELETE /api/v1/jobs/${chosen}`]: order(chosen),
    });
    expect(code).toBe(0);
  });

  it('is refused with the candidates where several are meant', async () => {
    const { code, error, asked } = await oakring(['job', 'scale', 'web', '2'], {
      'POST /api/v1/jobs/web/replicate': none,
      'GET /api/v1/jobs': page(
        jobSummary({ id: chosen, name: 'web' }),
        jobSummary({ id: 'b', name: 'web' }),
      ),
    });
    expect({ code, asked: asked.length }).toEqual({ code: 1, asked: 2 });
    expect(error).toContain(`"web" may be ${chosen} (web), b (web): name the one that is meant.`);
  });

  it.each([
    ['web', 'web-canary', 1],
    ['0b7', chosen, 1],
    ['0b7f', chosen, 0],
  ])(
    'is not changed by a beginning that a person could have meant otherwise: %s of %s ends with %d',
    async (text, id, ended) => {
      const { code } = await oakring(['job', 'rm', text], {
        [`DELETE /api/v1/jobs/${text}`]: none,
        'GET /api/v1/jobs': page(jobSummary({ id, name: id })),
        [`DELETE /api/v1/jobs/${id}`]: order(id),
      });
      expect(code).toBe(ended);
    },
  );

  it('is unknown, as the manager says, where nobody is meant', async () => {
    const { code, error } = await oakring(['job', 'restart', 'ghost'], {
      'POST /api/v1/jobs/ghost/restart': none,
      'GET /api/v1/jobs': page(),
    });
    expect(code).toBe(1);
    expect(error).toContain('oakring job ls');
  });
});

describe('The node of a job that is submitted', () => {
  const submitted: Route = always(jobAnswer(), 201);
  const argv = ['job', 'run', 'demo/hello:1', '--node', 'berlin'];

  it.each([
    ['by its name', [nodeAnswer({ id: 'edge-7', name: 'berlin' })], 'edge-7'],
    ['as it was written, where nobody is called so yet', [], 'berlin'],
  ])('is named %s', async (_, nodes, meant) => {
    const { code, asked } = await oakring(argv, {
      'GET /api/v1/nodes/berlin': (_request, answer) =>
        answer.problem('node-unknown', 'There is no node berlin.'),
      'GET /api/v1/nodes': page(...nodes),
      'GET /api/v1/nodes/edge-7': always(nodeAnswer()),
      'POST /api/v1/jobs': submitted,
    });
    expect(code).toBe(0);
    expect(asked.at(-1)?.body).toMatchObject({ constraints: [{ type: 'direct', node: meant }] });
  });
});

describe('Several at once', () => {
  const routes: Readonly<Record<string, Route>> = {
    'POST /api/v1/nodes/a/drain': always({ id: 'a', position: 7 }),
    'POST /api/v1/nodes/ghost/drain': (_, answer) =>
      answer.problem('node-unknown', 'There is no node ghost.'),
    'POST /api/v1/nodes/b/drain': always({ id: 'b', position: 8 }),
    'GET /api/v1/nodes': page(),
  };

  it('each have their own result, and the end is that of what failed', async () => {
    const { code, out, error } = await oakring(['node', 'drain', 'a', 'ghost', 'b'], routes);
    expect({ code, out }).toEqual({
      code: 1,
      out: 'Node a is being drained (position 7).\nNode b is being drained (position 8).\n',
    });
    expect(error).toContain('ghost: There is no node ghost.');
    expect(error).toContain('1 of 3 failed.');
  });

  it('are one document for programs', async () => {
    const { out } = await oakring(['node', 'drain', 'a', 'ghost', 'b', '--json'], routes);
    expect(JSON.parse(out)).toEqual({
      items: [
        { id: 'a', position: 7 },
        { id: 'b', position: 8 },
      ],
      failed: [{ name: 'ghost', code: 'node-unknown', detail: 'There is no node ghost.' }],
    });
  });

  it('are scaled to the same total, which comes last', async () => {
    const { code, out, error, asked } = await oakring(
      ['job', 'scale', 'web', 'ghost', 'api', '2'],
      {
        'POST /api/v1/jobs/web/replicate': order('web'),
        'POST /api/v1/jobs/ghost/replicate': none,
        'POST /api/v1/jobs/api/replicate': order('api'),
        'GET /api/v1/jobs': page(),
      },
    );
    expect(code).toBe(1);
    expect(out).toMatch(/^Job web is to have .*\nJob api is to have .*\n$/);
    expect(error).toContain('1 of 3 failed.');
    const ordered = asked.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(ordered).toEqual([{ count: 2 }, { count: 2 }, { count: 2 }]);
  });

  it('are not gone on with where nobody answers', async () => {
    const env = { OAKRING_URL: 'http://127.0.0.1:1' };
    const { code, error } = await oakring(['job', 'rm', 'a', 'b', 'c'], {}, { env });
    expect(code).toBe(3);
    expect(error).toContain('1 of 3 failed, and 2 were not tried.');
  });
});

describe('-o', () => {
  const routes = {
    'GET /api/v1/nodes': page(nodeAnswer({ id: 'a' }), nodeAnswer({ id: 'b' })),
    'GET /api/v1/nodes/a': always(nodeAnswer({ id: 'a' })),
    'GET /api/v1/ledger/head': always({ position: 9, hash: 'f', epoch: 1 }),
  };

  it('name prints ids alone, for other commands to take', async () => {
    expect((await oakring(['node', 'ls', '-o', 'name'], routes)).out).toBe('a\nb\n');
    expect((await oakring(['node', 'show', 'a', '-o', 'name'], routes)).out).toBe('a\n');
  });

  it('yaml says what json says', async () => {
    const yaml = await oakring(['node', 'show', 'a', '-o', 'yaml'], routes);
    const json = await oakring(['node', 'show', 'a', '-o', 'json'], routes);
    expect(yaml.out).toMatch(/^id: a\n/);
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
    expect(json.out).toBe((await oakring(['node', 'show', 'a', '--json'], routes)).out);
  });

  it('name is refused where nothing has an id, and others are no formats', async () => {
    const letters = { 'GET /api/v1/dead-letters': page({ topic: 'x' }) };
    expect((await oakring(['dead-letters', '-o', 'name'], letters)).code).toBe(2);
    expect((await oakring(['node', 'ls', '-o', 'xml'], routes)).code).toBe(2);
    expect((await oakring(['node', 'ls', '-o', 'yaml', '--json'], routes)).code).toBe(2);
  });
});

describe('A moment that is asked about', () => {
  const clusterAt = (asked: readonly { readonly url: string }[]): string =>
    new URL(asked.at(-1)?.url ?? '', 'http://any').searchParams.get('at') ?? '';
  const routes = { 'GET /api/v1/jobs': page(jobSummary()) };

  it('goes to the manager by its own clock where it is a time ago', async () => {
    for (const text of ['5m', '-5m']) {
      const { asked } = await oakring(['job', 'ls', '--at', text], routes);
      expect(clusterAt(asked)).toBe('-5m');
    }
  });

  it('goes to the manager with its zone where it names none', async () => {
    const { asked } = await oakring(['job', 'ls', '--at', '2026-11-28 19:30'], routes);
    expect(clusterAt(asked)).toBe(new Date(2026, 10, 28, 19, 30).toISOString());
  });

  it('is refused before anything is asked where it is none', async () => {
    for (const argv of [
      ['job', 'ls', '--at', 'soon'],
      ['diff', '1', 'soon'],
      ['events', '--since', 'soon'],
      ['node', 'telemetry', 'n', '--from', 'soon'],
    ]) {
      const { code, error, asked } = await oakring(argv, routes);
      expect({ code, asked }).toEqual({ code: 2, asked: [] });
      expect(error).toContain('"soon" is not a position');
    }
  });
});
