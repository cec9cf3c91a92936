import { afterEach, describe, expect, it } from '@jest/globals';
import type { LogLine } from '@oakring/contracts';
import type { Route } from './testing/fake-manager.js';
import { always, closeManager, oakring } from './testing/run-oakring.js';

afterEach(closeManager);

const nothing = { at: null, generation: null, text: null, cursor: null };

function line(second: number, text: string, generation = 1): LogLine {
  const at = `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
  return { at, generation, text, cursor: `${generation}:${second}` };
}

function ended(code: string | null = null, detail = 'It has ended.'): LogLine {
  return { ...nothing, end: { code, detail } };
}

/** Answers with these lines, and ends. */
const gives =
  (...lines: readonly LogLine[]): Route =>
  (_, answer) => {
    answer.lines(lines);
    answer.end();
  };

const of = (number: number): string => `GET /api/v1/jobs/web/instances/${number}/logs`;
const job = (...instances: readonly object[]) => ({
  'GET /api/v1/jobs/web': always({ id: 'web', status: 'active', instances, document: {} }),
});
const running = (number: number) => ({ number, status: 'running' });

describe('oakring job logs', () => {
  it('shows what one instance printed', async () => {
    const routes = { [of(0)]: gives(line(1, 'one'), line(2, 'two'), ended()) };
    const { code, out, asked } = await oakring(
      ['job', 'logs', 'web', '0', '--tail', '2', '--since', '5m'],
      { ...job(running(0)), ...routes },
    );
    expect([code, out]).toEqual([0, 'one\ntwo\n']);
    const [address] = asked.map(({ url }) => url).filter((url) => url.includes('/logs'));
    const query = new URL(address ?? '', 'http://x').searchParams;
    expect(Object.fromEntries(query)).toEqual({ tail: '2', since: '-5m' });
  });

  it('shows several in the order of time, each with its number', async () => {
    const { out } = await oakring(['job', 'logs', 'web', '--timestamps'], {
      ...job(running(0), running(12)),
      [of(0)]: gives(line(1, 'a'), line(3, 'c'), ended()),
      [of(12)]: gives(line(2, 'b'), ended()),
    });
    expect(out.split('\n')).toEqual([
      ' 0 | 2026-01-01T00:00:01.000Z a',
      '12 | 2026-01-01T00:00:02.000Z b',
      ' 0 | 2026-01-01T00:00:03.000Z c',
      '',
    ]);
  });

  it('makes control characters visible, and passes them on only where it is asked to', async () => {
    const evil = '\u001b]0;gone\u0007\tand \u202eback';
    const routes = { ...job(running(0)), [of(0)]: gives(line(1, evil), ended()) };
    const shown = await oakring(['job', 'logs', 'web', '0'], routes, { isTerminal: true });
    expect(shown.out).toBe('\\u001b]0;gone\\u0007\tand \\u202eback\n');
    const raw = await oakring(['job', 'logs', 'web', '0', '--raw'], routes, { isTerminal: true });
    expect(raw.out).toBe(`${evil}\n`);
  });

  it('makes them visible in a time as well, which no program has printed', async () => {
    const stamped = { ...line(1, 'one'), at: '\u001b[2Jnow' };
    const routes = { ...job(running(0)), [of(0)]: gives(stamped, ended()) };
    const shown = await oakring(['job', 'logs', 'web', '0', '--timestamps', '--raw'], routes);
    expect(shown.out).toBe('\\u001b[2Jnow one\n');
  });

  it('goes on, when it follows, over a replacement and over a leader that is gone', async () => {
    const route: Route = (asked, answer, times) => {
      const after = new URL(asked.url, 'http://x').searchParams.get('after');
      if (times === 0) {
        answer.lines([line(1, 'one')]);
        return setImmediate(() => answer.destroy()) as unknown as void;
      }
      if (times === 1) {
        expect(after).toBe('1:1');
        return answer.problem('not-leading', 'Nobody leads.');
      }
      if (times === 2) {
        answer.lines([line(2, 'two'), ended()]);
        return answer.end();
      }
      expect(after).toBe('1:2');
      answer.lines([line(3, 'three', 2), ended()]);
      answer.end();
    };
    const status: Route = (_, answer, times) => {
      const instance = { number: 0, status: times < 2 ? 'running' : 'completed' };
      answer.json({ id: 'web', status: 'active', instances: [instance], document: {} });
    };
    const { code, out, error } = await oakring(['job', 'logs', 'web', '0', '-f'], {
      [of(0)]: route,
      'GET /api/v1/jobs/web': status,
    });
    expect([code, out]).toEqual([0, 'one\ntwo\nthree\n']);
    expect(error).toContain('Waiting for instance 0');
  });

  it('fails where not all of it could be had', async () => {
    const { code, out, error } = await oakring(['job', 'logs', 'web', '0'], {
      ...job(running(0)),
      [of(0)]: gives(line(1, 'one'), ended('stream-broken', 'The worker stops.')),
    });
    expect([code, out]).toEqual([1, 'one\n']);
    expect(error).toContain('The worker stops.');
  });

  it('shows the others where one of several has nothing, and says so where none has', async () => {
    const empty: Route = (_, answer) => answer.problem('nothing-printed', 'Nothing is kept.');
    const some = await oakring(['job', 'logs', 'web'], {
      ...job(running(0), running(1)),
      [of(0)]: empty,
      [of(1)]: gives(line(1, 'one'), ended()),
    });
    expect([some.code, some.out]).toEqual([0, ' 1 | one\n']);
    const none = await oakring(['job', 'logs', 'web'], {
      ...job(running(0), running(1)),
      ...{ [of(0)]: empty, [of(1)]: empty },
    });
    expect(none.code).toBe(1);
    expect(none.error).toContain('Nothing is kept.');
  });

  it('does not follow what is over', async () => {
    const { code, error } = await oakring(['job', 'logs', 'web', '-f', '--previous'], {});
    expect(code).toBe(2);
    expect(error).toContain('leave out -f or --previous');
  });
});
