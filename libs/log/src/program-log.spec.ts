import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { countedSink, mostAlike, windowMs } from './counted-sink.js';
import { jsonSink } from './json-sink.js';
import type { LogEntry, LogLevel } from './log-entry.js';
import { prettySink } from './pretty-sink.js';
import { ProgramLog } from './program-log.js';
import { inRequest } from './request-scope.js';
import { mostTextChars } from './safe-text.js';

const startMs = Date.UTC(2026, 10, 28, 13, 35, 26, 123);

/** What a log of that form writes. */
function written(
  form: 'json' | 'pretty' | 'colours',
  say: (log: ProgramLog) => void,
  level: LogLevel = 'info',
): string[] {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line.replace(/\n$/, ''));
  const sink =
    form === 'json'
      ? jsonSink({ write }, { app: 'manager', cluster: 'edge' })
      : prettySink(write, form === 'colours');
  say(new ProgramLog(sink, simulatedPorts(1, startMs).clock, level));
  return lines;
}

const parsed = (say: (log: ProgramLog) => void): object =>
  JSON.parse(written('json', say).join('')) as object;

describe('A log line for programs', () => {
  it('is one JSON object with level, time, program, cluster, who says it, what, and what it is about', () => {
    const line = parsed((log) => {
      log.stand(() => ({ position: 7, epoch: 2 }));
      log.of('Events').say('warn', 'NodeLost: silent', { node: 'edge-1', position: 8 });
    });
    expect(line).toEqual({
      ...{ level: 'warn', time: '2026-11-28T13:35:26.123Z', app: 'manager', cluster: 'edge' },
      ...{ context: 'Events', msg: 'NodeLost: silent' },
      ...{ node: 'edge-1', position: 8, epoch: 2 },
    });
  });

  it('stays one line whatever comes from outside, with every control character escaped', () => {
    const name = 'a\n{"level":"info","msg":"all is well"}\u001B[2J\u0000\u2028';
    const [line, ...more] = written('json', (log) => log.of('A').say('warn', name));
    expect(more).toEqual([]);
    // oxlint-disable-next-line no-control-regex -- that none is there is the point
    expect(line).not.toMatch(/[\u0000-\u001F]/);
    expect(JSON.parse(line ?? '')).toMatchObject({ msg: name });
  });

  it('has an end, however long what it quotes is', () => {
    const line = parsed((log) => log.of('A').say('warn', 'x'.repeat(1_000_000)));
    const { msg } = line as { readonly msg: string };
    expect(msg.length).toBeLessThan(mostTextChars + 100);
    expect(msg).toMatch(/x… \(991808 more characters\)$/);
  });

  it('says in which request it was written', async () => {
    const lines = await new Promise<string[]>((resolve) => {
      inRequest({ id: 'r-1', trace: 't-1' }, new EventEmitter(), () => {
        const late = async (): Promise<string[]> => {
          await Promise.resolve();
          return written('json', (log) => log.of('A').say('info', 'answered'));
        };
        resolve(late());
      });
    });
    expect(JSON.parse(lines.join(''))).toMatchObject({ request: 'r-1', trace: 't-1' });
    expect(parsed((log) => log.of('A').say('info', 'alone'))).not.toHaveProperty('request');
  });

  it('is of no request once that is answered, or where it says so itself', () => {
    const answer = new EventEmitter();
    inRequest({ id: 'r-1', trace: 't-1' }, answer, () => {
      const own = parsed((log) => log.of('A').say('info', 'of another', { request: 'r-2' }));
      expect(own).toMatchObject({ request: 'r-2' });
      expect(own).not.toHaveProperty('trace');
      const none = parsed((log) => log.of('A').say('info', 'of none', { request: null }));
      expect(none).not.toHaveProperty('request');
      answer.emit('close');
      expect(parsed((log) => log.of('A').say('info', 'later'))).not.toHaveProperty('request');
    });
  });

  it.each([
    ['mongodb://root:hunter2@db:27017/x', 'mongodb://***@db:27017/x'],
    [`no token oakring_${'a'.repeat(49)}`, 'no token oakring_***'],
    ['got "Authorization: Bearer abc.def-123"', 'got "Authorization: Bearer ***"'],
    ['two: amqp://a:b@c, mqtt://d:e@f', 'two: amqp://***@c, mqtt://***@f'],
    ['mail to a@b.example', 'mail to a@b.example'],
  ])('hides the secret of %s', (text, shown) => {
    expect(parsed((log) => log.of('A').say('error', text))).toMatchObject({ msg: shown });
  });
});

describe('A log line for people', () => {
  it('has the time in UTC, the level, who says it, what, and where', () => {
    const lines = written('pretty', (log) => {
      log.of('Manager').say('warn', 'the lease is late');
      log.of('Events').say('info', 'InstanceLost', { job: 'web', instance: 0, node: 'edge-1' });
    });
    expect(lines).toEqual([
      '2026-11-28T13:35:26.123Z warn  Manager  the lease is late',
      '2026-11-28T13:35:26.123Z info  Events  InstanceLost [web/0 on edge-1]',
    ]);
  });

  it('has colours only where a person looks', () => {
    const say = (log: ProgramLog): void => log.of('Http').say('error', 'x');
    expect(written('pretty', say).join('')).not.toContain('\u001B');
    expect(written('colours', say).join('')).toContain('\u001B[31m');
  });

  it('indents further lines and escapes control characters, so that no text poses as an entry', () => {
    const name = 'a\n2026-11-28T00:00:00.000Z info  Manager  all is well\u001B[2J\rb';
    expect(written('pretty', (log) => log.of('Manager').say('warn', name))).toEqual([
      '2026-11-28T13:35:26.123Z warn  Manager  a\n' +
        '    2026-11-28T00:00:00.000Z info  Manager  all is well\\u001b[2J\\u000db',
    ]);
  });
});

describe('A log', () => {
  it('writes what its level wants, which may change at any time', () => {
    const lines = written('pretty', (log) => {
      const own = log.of('A');
      own.say('debug', 'first');
      log.level = 'debug';
      expect(own.wants('debug')).toBe(true);
      own.say('debug', 'second');
      log.level = 'error';
      own.say('warn', 'third');
      own.say('fatal', 'fourth');
    });
    expect(lines.map((line) => line.split('  ').at(-1))).toEqual(['second', 'fourth']);
  });

  it("takes Nest's lines, an error with its stack; how Nest puts itself together is for debugging", () => {
    const lines = written('pretty', (log) => {
      const nest = log.forNest();
      nest.setLogLevels();
      nest.log('Mapped {/api/v1/jobs, POST} route', 'RouterExplorer');
      nest.log('connected to the broker', 'BrokerConnection');
      nest.error(new Error('no such file'), 'Http');
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/ info {2}BrokerConnection {2}connected to the broker$/);
    expect(lines[1]).toMatch(/ error Http {2}Error: no such file\n {8}at /);
  });
});

describe('A storm of one line', () => {
  function stormy(): { log: ProgramLog; entries: LogEntry[]; ports: SimulatedPorts; end(): void } {
    const ports = simulatedPorts();
    const entries: LogEntry[] = [];
    const sink = countedSink((entry) => entries.push(entry), ports.timers);
    return {
      log: new ProgramLog(sink, ports.clock, 'info'),
      entries,
      ports,
      end: () => sink.flush(),
    };
  }
  const shown = ({ text, facts }: LogEntry): string => `${text} ${facts.repeated ?? ''}`.trim();

  it('is counted instead of repeated, whatever numbers are in it, and told once it is over', async () => {
    const { log, entries, ports } = stormy();
    for (let port = 1; port <= 1_000; port += 1) {
      log.of('Broker').say('warn', `refused 10.0.0.1:${port}`);
    }
    log.of('Broker').say('warn', 'something else');
    expect(entries.map(shown)).toEqual([
      ...[1, 2, 3, 4, 5].map((port) => `refused 10.0.0.1:${port}`),
      'something else',
    ]);
    await ports.advance(windowMs);
    expect(entries.map(shown).slice(mostAlike + 1)).toEqual(['refused 10.0.0.1:1000 995']);
    log.of('Broker').say('warn', 'refused 10.0.0.1:7');
    expect(entries.map(shown).at(-1)).toBe('refused 10.0.0.1:7');
  });

  it('hides nothing of another level or of another part of the program', () => {
    const { log, entries } = stormy();
    for (let time = 0; time < 20; time += 1) log.of('A').say('info', 'x');
    log.of('B').say('info', 'x');
    log.of('A').say('error', 'x');
    expect(entries).toHaveLength(mostAlike + 2);
  });

  it('hides no other node and no other job', () => {
    const { log, entries } = stormy();
    for (let number = 0; number < 20; number += 1) {
      log.of('Events').say('warn', 'NodeLost', { node: `edge-${number}` });
      log.of('Events').say('info', 'JobSubmitted', { job: `job-${number}` });
    }
    expect(entries).toHaveLength(40);
  });

  it('loses nothing at the end, and remembers only so many kinds of lines', () => {
    const { log, entries, end } = stormy();
    for (let time = 0; time < 8; time += 1) log.of('first').say('info', 'x');
    for (let kind = 0; kind < 1_000; kind += 1) log.of(`kind ${kind}`).say('info', 'x');
    // The first made room, and said what it held.
    expect(entries.at(-2)).toMatchObject({ context: 'first', facts: { repeated: 3 } });
    for (let time = 0; time < 8; time += 1) log.of('last').say('info', 'x');
    end();
    expect(entries.at(-1)).toMatchObject({ context: 'last', facts: { repeated: 3 } });
  });
});
