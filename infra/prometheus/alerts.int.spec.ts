import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { alertsOfPrometheus } from './testing/alerts.js';

interface Trials {
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly object[];
    }[];
  }[];
}

const isHere = spawnSync('promtool', ['--version']).error === undefined;
if (!isHere) console.error('NOT RUN, there is no promtool: the alerts of Prometheus');

function promtool(...args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, said: status === 0 ? '' : stdout + stderr };
}

(isHere ? describe : describe.skip)('The files of Prometheus', () => {
  it('are valid', () => {
    const checked = promtool('check', 'config', 'infra/prometheus/prometheus.yml');
    expect(checked).toEqual({ status: 0, said: '' });
  });

  it('are valid with a token as well, whose file is there in the container only', () => {
    const withToken = 'infra/prometheus/with-token.yml';
    const checked = promtool('check', 'config', '--syntax-only', withToken);
    expect(checked).toEqual({ status: 0, said: '' });
  });

  it('have alerts that fire when they are to, and are silent when they are not', () => {
    const tried = promtool('test', 'rules', 'infra/prometheus/testing/alerts.yml');
    expect(tried).toEqual({ status: 0, said: '' });
  });
});

describe('The configuration of Prometheus with a token', () => {
  it('is the one without, but for the token of each job', () => {
    const read = (name: string) =>
      parse(readFileSync(`infra/prometheus/${name}.yml`, 'utf8')) as {
        readonly scrape_configs: readonly { readonly authorization?: object }[];
      };
    const { scrape_configs: open, ...rest } = read('prometheus');
    const authorization = { credentials_file: '/tmp/token' };
    expect(read('with-token')).toEqual({
      ...rest,
      scrape_configs: open.map((job) => ({ ...job, authorization })),
    });
  });
});

describe('Each alert of Prometheus', () => {
  const { tests } = parse(readFileSync('infra/prometheus/testing/alerts.yml', 'utf8')) as Trials;

  it.each(alertsOfPrometheus.map(({ alert }) => alert))(
    '%s is tried: silent, firing, and silent again',
    (name) => {
      const trials = tests.flatMap((test) => test.alert_rule_test);
      const own = trials.filter(({ alertname }) => alertname === name);
      const fires = own.map(({ exp_alerts: expected }) => expected.length > 0);
      expect(fires.at(0)).toBe(false);
      expect(fires).toContain(true);
      // What was found once stays found.
      expect(fires.at(-1)).toBe(name === 'OakringLedgerDamaged');
    },
  );
});
