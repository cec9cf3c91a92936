import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '../simulated/simulated-ports.js';
import { lineLog } from './line-log.js';

function written(colors: boolean, log: (sink: ReturnType<typeof lineLog>) => void): string[] {
  const lines: string[] = [];
  const clock = {
    ...simulatedPorts().clock,
    wallMs: () => Date.UTC(2026, 10, 28, 13, 35, 26, 123),
  };
  log(lineLog((line) => lines.push(line), clock, colors));
  return lines;
}

describe('A log line', () => {
  it('has the time in UTC, the level, who says it, and what', () => {
    expect(written(false, (sink) => sink.warn('the lease is late', 'Manager'))).toEqual([
      '2026-11-28T13:35:26.123Z warn  Manager  the lease is late',
    ]);
  });

  it('is written of the levels that the application asks for, and of no other', () => {
    const lines = written(false, (sink) => {
      sink.log('first', 'A');
      sink.setLogLevels(['warn', 'error', 'fatal']);
      sink.log('Mapped {/api/v1/jobs, POST} route', 'RouterExplorer');
      sink.warn('second', 'A');
    });
    expect(lines.map((line) => line.slice(25))).toEqual(['info  A  first', 'warn  A  second']);
  });

  it('has colours only where a person looks', () => {
    const [plain, coloured] = [false, true].map((colors) =>
      written(colors, (sink) => sink.error('x', 'Http')).join(''),
    );
    expect(plain).not.toContain('\u001B');
    expect(coloured).toContain('\u001B[31m');
  });

  it('indents further lines and escapes control characters, so that no text poses as an entry', () => {
    const name = 'a\n2026-11-28T00:00:00.000Z info  Manager  all is well\u001B[2J\rb';
    expect(written(false, (sink) => sink.warn(name, 'Manager'))).toEqual([
      '2026-11-28T13:35:26.123Z warn  Manager  a\n' +
        '    2026-11-28T00:00:00.000Z info  Manager  all is well\\u001b[2J\\u000db',
    ]);
  });

  it('tells an error with its stack', () => {
    const [line] = written(false, (sink) => sink.error(new Error('no such file'), 'Http'));
    expect(line).toMatch(/ error Http {2}Error: no such file\n {8}at /);
  });
});
