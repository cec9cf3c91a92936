import { afterEach, describe, expect, it } from '@jest/globals';
import { eventLine, instanceAnswer, jobAnswer, jobSummary } from './testing/answers.js';
import type { Route } from './testing/fake-manager.js';
import { always, closeManager, oakring } from './testing/run-oakring.js';

afterEach(closeManager);

const head = always({ position: 9, hash: 'f'.repeat(64), epoch: 1 });
const gone: Route = (_, answer) => answer.problem('job-unknown', 'There is no job hello.');
/** Something happens as soon as it is listened to, and the job is gone when it is asked for the third time. */
const routes: Readonly<Record<string, Route>> = {
  'GET /api/v1/ledger/head': head,
  'GET /api/v1/events': (_, answer) => answer.lines([eventLine(10, 0, 'JobEnded')]),
  'GET /api/v1/jobs': (_, answer, before) => {
    const counts = before === 0 ? { pending: 1 } : { running: 1 };
    const items = [jobSummary({ id: 'other', name: 'other' }), jobSummary({ counts })];
    if (before < 2) answer.json({ items, position: 9 });
    else answer.problem('job-unknown', 'Enough.');
  },
  'GET /api/v1/jobs/hello': async (request, answer, before) => {
    const status = before < 2 ? 'pending' : 'running';
    const instances = [instanceAnswer({ status })];
    if (before < 3) answer.json(jobAnswer({ instances }));
    else await gone(request, answer, before);
  },
};
const again: Readonly<Record<string, Route>> = {
  ...routes,
  'GET /api/v1/events': (_, answer) => {
    answer.lines([eventLine(10, 0, 'JobEnded')]);
    setTimeout(() => answer.lines([eventLine(11, 0, 'JobEnded')]), 400);
  },
};

describe('--watch', () => {
  it('adds the lines that changed where nobody looks at a terminal', async () => {
    const { out, asked } = await oakring(['job', 'ls', '--watch'], again);
    expect(asked.some(({ url }) => url === '/api/v1/events?from=10&follow=true')).toBe(true);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ +/)[0])).toEqual(['JOB', 'other', 'hello', 'hello']);
    expect(lines.at(-1)).toMatch(/1 running$/);
  });

  it('draws anew in place on a terminal', async () => {
    const { out } = await oakring(['job', 'show', 'hello', '-w'], again, { isTerminal: true });
    const screens = out.split('\u001B[H').slice(1);
    expect(screens[0]).toContain('pending');
    expect(screens[1]).toContain('running');
    expect(screens.every((screen) => screen.endsWith('\u001B[J'))).toBe(true);
  });

  it('prints a document a line for programs', async () => {
    const { out } = await oakring(['job', 'ls', '--watch', '--json'], again);
    const counts = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).items[1].counts);
    expect(counts).toEqual([{ pending: 1 }, { running: 1 }]);
  });

  it('is refused of the past', async () => {
    expect((await oakring(['job', 'ls', '--watch', '--at', '5'], routes)).code).toBe(2);
  });
});

describe('events --tail', () => {
  const events = Array.from({ length: 600 }, (_, at) => eventLine(at + 1, 0, 'JobEnded'));
  const log: Readonly<Record<string, Route>> = {
    'GET /api/v1/ledger/head': always({ position: 600, hash: 'f', epoch: 1 }),
    'GET /api/v1/events': ({ url }, answer) => {
      const query = new URL(url, 'http://any').searchParams;
      const wanted = Number(query.get('from'));
      // Of a stream that has an event in a hundred.
      const step = query.has('stream') ? 100 : 1;
      answer.lines(events.filter(({ position }) => position >= wanted && position % step === 0));
      answer.end();
    },
  };
  const positions = (out: string): readonly number[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => Number(/^ *(\d+)\//.exec(line)?.[1]));

  it('are the last so many', async () => {
    const { out } = await oakring(['events', '--tail', '2'], log);
    expect(positions(out)).toEqual([599, 600]);
  });

  it('are looked for farther back where few are asked for among many', async () => {
    const { out, asked } = await oakring(['events', '--tail', '4', '--stream', 'jobs/x'], log);
    expect(positions(out)).toEqual([300, 400, 500, 600]);
    expect(asked).toHaveLength(3);
  });

  it('begin no earlier than the moment that is named', async () => {
    const { out } = await oakring(['events', '--tail', '5', '--from', '599'], log);
    expect(positions(out)).toEqual([599, 600]);
  });
});
