import { afterEach, describe, expect, it } from '@jest/globals';
import { eventLine } from './testing/answers.js';
import type { Route } from './testing/fake-manager.js';
import { always, closeManager, oakring } from './testing/run-oakring.js';

afterEach(closeManager);

const head = { position: 9, hash: 'f'.repeat(64), epoch: 1 };

describe('events', () => {
  const told = [
    eventLine(1, 0, 'JobScaled', { desired: 2, added: [1], removed: [] }),
    eventLine(1, 1, 'JobDeletionOrdered'),
    eventLine(2, 0, 'JobEnded'),
  ];
  const all: Route = (_, answer) => {
    answer.lines(told);
    answer.end();
  };

  it('tells what led to one, back to the request', async () => {
    const order = { commandId: '6-1', kind: 'deploy', instance: 0, generation: 1, nodeId: 'n1' };
    const story = [
      { ...eventLine(4, 0, 'JobSubmitted'), cause: 'request:POST /api/v1/jobs#k' },
      { ...eventLine(6, 1, 'CommandIssued', order), by: 'manager/placements', cause: '4-0' },
      { ...eventLine(9, 0, 'CommandReceived', order), by: 'nodes/n1', cause: '6-1' },
    ];
    const route: Route = ({ url }, answer) => {
      const from = Number(new URL(url, 'http://x').searchParams.get('from'));
      answer.lines(story.filter(({ position }) => position >= from));
      answer.end();
    };
    const told = await oakring(['events', '--why', '9/0'], { 'GET /api/v1/events': route });
    const lines = told.out.trimEnd().split('\n');
    expect(lines.map((line) => /\d+\/\d/.exec(line)?.[0])).toEqual([
      '9/0',
      '6/1',
      '4/0',
      undefined,
    ]);
    expect(lines[0]).toContain('deploy of #0 on n1: received by the worker');
    expect(lines[3]).toContain('request:POST /api/v1/jobs#k');
    const json = await oakring(['events', '--why', '9-0', '--json'], {
      'GET /api/v1/events': route,
    });
    expect(
      json.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(story.toReversed());
  });

  it.each([
    ['9/1', 1, 'There is no event 9/1'],
    ['yesterday', 2, '--why takes the address of an event'],
  ])('says what it cannot tell of %j', async (address, code, said) => {
    const route: Route = (_, answer) => {
      answer.lines([eventLine(9, 0, 'JobEnded')]);
      answer.end();
    };
    const told = await oakring(['events', '--why', address], { 'GET /api/v1/events': route });
    expect(told.code).toBe(code);
    expect(told.error).toContain(said);
  });

  it('tells what led to one as far as it is there', async () => {
    const route: Route = ({ url }, answer) => {
      const isOne = new URL(url, 'http://x').searchParams.get('from') === '9';
      answer.lines(isOne ? [{ ...eventLine(9, 0, 'JobEnded'), cause: '4-0' }] : []);
      answer.end();
    };
    const told = await oakring(['events', '--why', '9/0'], { 'GET /api/v1/events': route });
    expect(told.code).toBe(1);
    expect(told.out.trimEnd().split('\n')).toEqual([expect.stringContaining('9/0')]);
    expect(told.error).toContain('There is no event 4/0');
  });

  it('are told in a line each', async () => {
    const { code, out } = await oakring(['events'], { 'GET /api/v1/events': all });
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringContaining('scaled to 2'),
      expect.stringContaining('deletion ordered'),
      expect.stringContaining('ended'),
    ]);
  });

  it('--json are printed as the manager wrote them', async () => {
    const { out } = await oakring(['events', '--json'], { 'GET /api/v1/events': all });
    expect(out).toBe(told.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });

  it('are filtered by the manager', async () => {
    const argv = ['events', '--from', '7', '--stream', 'jobs/hello', '--type', 'JobEnded'];
    const { asked } = await oakring(argv, { 'GET /api/v1/events': all });
    expect(asked[0]?.url).toBe('/api/v1/events?from=7&stream=jobs%2Fhello&type=JobEnded');
  });

  it('--from now begin behind the head', async () => {
    const { asked } = await oakring(['events', '--from', 'now'], {
      'GET /api/v1/ledger/head': always(head),
      'GET /api/v1/cluster': always({ storm: null }),
      'GET /api/v1/events': all,
    });
    expect(asked[1]?.url).toBe('/api/v1/events?from=10');
  });

  it('begin behind a moment', async () => {
    const { asked } = await oakring(['events', '--from', '-15m'], {
      'GET /api/v1/cluster': always({ position: 4, storm: null }),
      'GET /api/v1/events': all,
    });
    expect(asked.map(({ url }) => url)).toEqual([
      '/api/v1/cluster?at=-15m',
      '/api/v1/events?from=5',
    ]);
  });

  it('end quietly when the reader has seen enough', async () => {
    const endless: Route = (_, answer) => answer.lines(told);
    const { code, out, error } = await oakring(
      ['events', '--follow', '--json'],
      { 'GET /api/v1/events': endless },
      { breaks: { afterLines: 2, code: 'EPIPE' } },
    );
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });

  it.each([
    ['EPIPE', 0, ''],
    ['ENOSPC', 1, 'Standard output cannot be written: write ENOSPC\n'],
  ])('tell %s as what it is, also between two requests', async (code, exit, said) => {
    const route: Route = (_, answer) => {
      answer.lines([{ ...eventLine(9, 0, 'JobEnded'), cause: '9-0' }]);
      answer.end();
    };
    const told = await oakring(
      ['events', '--why', '9/0'],
      { 'GET /api/v1/events': route },
      { breaks: { afterLines: 1, code } },
    );
    expect({ code: told.code, error: told.error }).toEqual({ code: exit, error: said });
  });

  it('end with 1 when they cannot be written', async () => {
    const { code, error } = await oakring(
      ['events', '--json'],
      { 'GET /api/v1/events': all },
      { breaks: { afterLines: 2, code: 'ENOSPC' } },
    );
    expect(code).toBe(1);
    expect(error).toContain('ENOSPC');
  });

  it('end with 3 when the connection breaks before the end of the log', async () => {
    const { code } = await oakring(['events'], {
      'GET /api/v1/events': (_, answer) => {
        answer.lines(told);
        answer.destroy();
      },
    });
    expect(code).toBe(3);
  });
});
