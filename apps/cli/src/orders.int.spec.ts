import { afterEach, describe, expect, it } from '@jest/globals';
import { problemOf } from '@oakring/contracts';
import { jobAnswer, nodeAnswer } from './testing/answers.js';
import { always, closeManager, oakring } from './testing/run-oakring.js';

afterEach(closeManager);
const order = { id: 'hello', status: 'active', desired: 3, position: 9 };

describe('an order about a node', () => {
  const placed = { id: 'edge-berlin', position: 9 };
  const path = '/api/v1/nodes/edge-berlin';

  it.each<[string[], string, unknown, string]>([
    [['cordon', 'edge-berlin'], `POST ${path}/cordon`, {}, 'is cordoned'],
    [
      ['quarantine', 'edge-berlin', '--reason', 'odd'],
      `POST ${path}/quarantine`,
      { reason: 'odd' },
      'in quarantine',
    ],
    [['uncordon', 'edge-berlin'], `DELETE ${path}/cordon`, undefined, 'takes new work'],
    [['release', 'edge-berlin'], `DELETE ${path}/quarantine`, undefined, 'takes new work'],
    [
      ['drain', 'edge-berlin', '--within', '60', '--force'],
      `POST ${path}/drain`,
      { withinMs: 60_000, force: true },
      'is being drained',
    ],
    [['drain', 'edge-berlin', '--cancel'], `DELETE ${path}/drain`, undefined, 'takes new work'],
    [
      ['label', 'edge-berlin', 'position=52.5,13.4', 'room=hall'],
      `PUT ${path}/labels`,
      { labels: { position: '52.5,13.4', room: 'hall' } },
      'is labelled',
    ],
    [['label', 'edge-berlin'], `PUT ${path}/labels`, { labels: {} }, 'no labels by operators'],
    [['forget', 'edge-berlin'], `DELETE ${path}`, undefined, 'is forgotten'],
    [
      ['revoke', 'edge-berlin'],
      `DELETE ${path}/credential`,
      undefined,
      'has no credential that holds',
    ],
  ])('%j asks for it and says so', async (argv, route, body, shown) => {
    const { code, out, asked } = await oakring(['node', ...argv], {
      [`GET ${path}`]: always(nodeAnswer()),
      [route]: always(placed),
    });
    expect({ code, body: asked[0]?.body }).toEqual({ code: 0, body });
    expect(out).toContain(shown);
  });

  it('forgets several, and says which it could not', async () => {
    const problem = problemOf({ code: 'node-unknown', detail: 'There is no node ghost.' });
    const { code, out, error, asked } = await oakring(['node', 'forget', 'n1', 'ghost', 'n2'], {
      'DELETE /api/v1/nodes/n1': always(placed),
      'DELETE /api/v1/nodes/ghost': always(problem, 404),
      'DELETE /api/v1/nodes/n2': always(placed),
    });
    expect({ code, asked: asked.length }).toEqual({ code: 1, asked: 4 });
    expect(out).toContain('2 nodes are forgotten:\nn1\nn2');
    expect(error).toContain('ghost: There is no node ghost.');
  });

  it('forgets all that are lost for long and carry nothing, and tells which at first', async () => {
    const items = [
      nodeAnswer({ id: 'gone', status: 'lost', since: '2020-01-01T00:00:00.000Z', instances: 0 }),
      nodeAnswer({ id: 'full', status: 'lost', since: '2020-01-01T00:00:00.000Z', instances: 1 }),
      nodeAnswer({ id: 'late', status: 'lost', since: new Date().toISOString(), instances: 0 }),
      nodeAnswer({ id: 'well', instances: 0 }),
    ];
    const list = { 'GET /api/v1/nodes': always({ items, position: 9 }) };
    const dry = await oakring(['node', 'forget', '--lost-for', '7d', '--dry-run'], list);
    expect({ code: dry.code, out: dry.out }).toEqual({
      code: 0,
      out: '1 nodes would be forgotten:\ngone\n',
    });
    const done = await oakring(['node', 'forget', '--lost-for', '7d'], {
      ...list,
      'DELETE /api/v1/nodes/gone': always(placed),
    });
    expect(done.out).toContain('Node gone is forgotten');
    expect((await oakring(['node', 'forget'], list)).code).toBe(2);
    expect((await oakring(['node', 'forget', '--lost-for', 'ever'], list)).code).toBe(2);
  });

  it('forgets a node that speaks by force', async () => {
    const routes = { [`DELETE ${path}`]: always(placed) };
    const { code, asked } = await oakring(['node', 'forget', 'edge-berlin', '--force'], routes);
    expect({ code, url: asked[0]?.url }).toEqual({ code: 0, url: `${path}?force=true` });
  });

  it.each([
    ['uncordon', 'cordon', 'is still in quarantine (oakring node release edge-berlin)'],
    ['release', 'quarantine', 'is still cordoned (oakring node uncordon edge-berlin)'],
  ])('%s says what still closes the node', async (command, order, shown) => {
    const why = { since: '2026-01-01T00:00:00.000Z', reason: 'ordered' };
    const flags = {
      cordoned: order === 'quarantine' ? why : null,
      quarantined: order === 'cordon' ? { ...why, byRecord: false } : null,
      draining: null,
    };
    const { out } = await oakring(['node', command, 'edge-berlin'], {
      [`GET ${path}`]: always(nodeAnswer({ flags })),
      [`DELETE ${path}/${order}`]: always(placed),
    });
    expect(out).toContain(shown);
  });

  it.each([
    ['has nothing any more', { cpuMillis: 0, memoryMiB: 0 }, 0],
    ['may still run what was lost there', { cpuMillis: 100, memoryMiB: 0 }, 1],
  ])('a drain is done when the node %s: %j ends with %d', async (_, reserved, ended) => {
    const { code } = await oakring(['node', 'drain', 'edge-berlin', '--wait'], {
      [`POST ${path}/drain`]: always(placed),
      [`GET ${path}`]: always(nodeAnswer({ instances: 0, reserved })),
    });
    expect(code).toBe(ended);
  });

  it('waits for a drain to end, and says what is left, why, and what to do', async () => {
    const reason = 'its drain ended: left at the deadline: web/0. 1 instance does not fit.';
    const cordoned = { since: '2026-01-01T00:00:00.000Z', reason };
    const flags = { cordoned, quarantined: null };
    const draining = { deadline: '2026-01-01T00:00:00.000Z', force: false };
    const outcome = await oakring(['node', 'drain', 'edge-berlin', '--wait'], {
      [`POST ${path}/drain`]: always(placed),
      [`GET ${path}`]: (_, answer, before) =>
        answer.json(
          nodeAnswer({ instances: 1, flags: { ...flags, draining: before < 2 ? draining : null } }),
        ),
    });
    expect(outcome).toMatchObject({ code: 1 });
    expect(outcome.error).toContain('left at the deadline: web/0. 1 instance does not fit.');
    expect(outcome.error).toContain('oakring node uncordon edge-berlin');
  });
});

describe('job update', () => {
  const answer = {
    ...{ id: 'hello', status: 'active', desired: 1, position: 9, revision: 2 },
    restarts: true,
  };
  const document = { ...jobAnswer().document, team: 'blue' };
  const path = '/api/v1/jobs/hello';

  it('changes what is asked for and keeps the rest of the document', async () => {
    const { code, asked } = await oakring(['job', 'update', 'hello', '--image', 'demo/hello:2'], {
      [`GET ${path}`]: always(jobAnswer({ document })),
      [`PUT ${path}`]: always(answer),
    });
    expect(code).toBe(0);
    expect(asked[1]?.body).toEqual({
      ...{ id: 'hello', name: 'hello', image: 'demo/hello:2', technology: 'simulated' },
      ...{ count: 1, team: 'blue' },
    });
  });

  it('is refused without anything to change, and names the restart', async () => {
    const { code, error, asked } = await oakring(['job', 'update', 'hello'], {});
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(error).toContain('oakring job restart hello');
  });

  it('restarts a job without a look at its document', async () => {
    const { code, out, asked } = await oakring(['job', 'restart', 'hello'], {
      [`POST ${path}/restart`]: always(answer),
    });
    expect({ code, body: asked[0]?.body }).toEqual({ code: 0, body: undefined });
    expect(out).toContain('is to run revision 2');
  });

  it('says that nothing is restarted where nothing is', async () => {
    const { out } = await oakring(['job', 'update', 'hello', '--count', '2'], {
      [`GET ${path}`]: always(jobAnswer()),
      [`PUT ${path}`]: always({ ...answer, desired: 2, restarts: false }),
    });
    expect(out).toContain('revision 2, 2 to run: nothing is restarted');
  });

  it.each([
    ['what job show --json printed', jobAnswer({ document })],
    ['its document', document],
  ])('takes %s, and sends the document alone', async (_, printed) => {
    const { code, asked } = await oakring(
      ['job', 'update', 'hello', '-f', '-'],
      { [`PUT ${path}`]: always({ ...answer, restarts: false }) },
      { input: JSON.stringify(printed) },
    );
    expect({ code, body: asked[0]?.body }).toEqual({ code: 0, body: document });
  });

  it('names what of the document is not used', async () => {
    const warnings = [
      {
        field: 'restrat',
        nearest: 'restart',
        detail: 'restrat is not used; did you mean restart?',
      },
    ];
    const { out, error } = await oakring(
      ['job', 'update', 'hello', '-f', '-'],
      { [`PUT ${path}`]: always({ ...answer, warnings }) },
      { input: JSON.stringify({ ...document, restrat: {} }) },
    );
    expect(out).toContain('revision 2');
    expect(error).toMatch(/^Note: restrat is not used; did you mean restart\? \(line 1:\d+\)\n$/);
  });

  it('fails when it was waited for and rolled back', async () => {
    const rollout = { status: 'rolledBack', revision: 3, updated: 1, reason: 'it failed' } as const;
    const { code, error } = await oakring(['job', 'update', 'hello', '--count', '2', '--wait'], {
      [`GET ${path}`]: always(jobAnswer({ rollout })),
      [`PUT ${path}`]: always(answer),
    });
    expect(code).toBe(1);
    expect(error).toContain('The rollout of job hello was rolled back: it failed.');
  });

  it('calls a move off', async () => {
    const { code, out } = await oakring(['job', 'move', 'hello', '0', '--cancel'], {
      [`DELETE ${path}/instances/0/move`]: always(order),
    });
    expect(code).toBe(0);
    expect(out).toContain('stays where it is');
  });
});

describe('diff', () => {
  it.each([
    ['diff', '-1h', '-5m'],
    ['diff', '--', '-1h', '-5m'],
    ['diff', '--limit', '7', '-1h', '-5m'],
  ])('between two moments: %s %s %s', async (...argv) => {
    const moment = { position: 1, at: '2026-01-01T00:00:00.000Z' };
    const { code, asked } = await oakring(argv, {
      'GET /api/v1/diff': always({ from: moment, to: moment, items: [], more: false }),
    });
    expect(code).toBe(0);
    expect(asked[0]?.url).toContain('from=-1h&to=-5m');
  });

  it('tells times as times, and of nested records only what differs', async () => {
    const moment = { position: 1, at: '2026-01-01T00:00:00.000Z' };
    const fields = {
      since: { before: 1_700_000_000_000, after: 1_700_000_060_000 },
      reserved: {
        before: { cpuMillis: 100, memoryMiB: 64 },
        after: { cpuMillis: 200, memoryMiB: 64 },
      },
      draining: { before: null, after: { deadline: 1_700_000_060_000, force: true } },
      tookOverAt: { before: null, after: 1_700_000_060_000 },
      failures: { before: [], after: [{ job: 'web', at: 1_700_000_060_000 }] },
      document: { before: { note: 'x'.repeat(500), at: 7 }, after: { note: 'y', at: 8 } },
    };
    const { out } = await oakring(['diff', '1', '2'], {
      'GET /api/v1/diff': always({
        ...{ from: moment, to: moment, more: false },
        items: [{ view: 'nodes', key: 'n1', change: 'changed', fields }],
      }),
    });
    expect(out).toContain('since 2023-11-14T22:13:20.000Z → 2023-11-14T22:14:20.000Z');
    expect(out).toContain('reserved.cpuMillis 100 → 200');
    expect(out).not.toContain('memoryMiB');
    expect(out).toContain('draining.deadline - → 2023-11-14T22:14:20.000Z');
    expect(out).toContain('tookOverAt - → 2023-11-14T22:14:20.000Z');
    expect(out).toContain('failures [] → [{"job":"web","at":"2023-11-14T22:14:20.000Z"}]');
    expect(out).toContain('document.at 7 → 8');
    expect(out).toContain(`document.note ${'x'.repeat(80)}… → y`);
  });
});

describe('a view of the past', () => {
  it.each([
    ['job', 'show', 'hello'],
    ['job', 'ls'],
    ['node', 'ls'],
  ])('says that it is not the present: %s %s', async (...argv) => {
    const routes = {
      'GET /api/v1/jobs/hello': always(jobAnswer()),
      'GET /api/v1/jobs': always({ items: [], position: 9 }),
      'GET /api/v1/nodes': always({ items: [nodeAnswer()], position: 9 }),
    };
    const past = await oakring([...argv, '--at', '5'], routes);
    expect(past.out).toMatch(/^As it was at position 5, not as it is\.\n/);
    expect((await oakring([...argv, '--at', '-15m'], routes)).out).toMatch(/^As it was at -15m, /);
    expect((await oakring(argv, routes)).out).not.toContain('As it was');
  });
});

describe('job run', () => {
  it('--dry-run ends with 1 when not all of it fits', async () => {
    const refusal = { code: 'no-capacity', detail: 'too big', filtered: {} };
    const { code, out } = await oakring(['job', 'run', 'x', '--dry-run'], {
      'POST /api/v1/jobs': always({ desired: 1, placements: [], position: 9, refusal }),
    });
    expect(code).toBe(1);
    expect(out).toContain('too big');
  });
});

describe('an id that is a step in a path', () => {
  it.each([
    [['node', 'show', '.']],
    [['node', 'cordon', '..']],
    [['job', 'show', '..']],
    [['job', 'rm', '.']],
  ])('is refused before anything is asked (%j)', async (argv) => {
    const { code, error, asked } = await oakring(argv, {});
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(error).toContain('not an id');
  });
});
