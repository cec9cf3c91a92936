import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { writtenLines } from '../../libs/log/testing/index.js';
import { alertsOfLoki } from '../prometheus/testing/alerts.js';
import { linesOfEvents } from './testing/event-lines.js';
import { LogQuery } from './testing/log-query.js';

interface Config {
  readonly ruler: { readonly storage: { readonly local: { readonly directory: string } } };
}

const folder = 'infra/loki/rules';
/** Lines of a quiet day: nobody is to be called. */
const quiet = [
  ...linesOfEvents([
    { stream: 'cluster', type: 'EpochOpened', data: { epoch: 2 } },
    { stream: 'jobs/web', type: 'RolloutCompleted', data: { revision: 2 } },
    { stream: 'nodes/edge-1', type: 'NodeSuspected', data: { reason: 'silent' } },
  ]),
  ...writtenLines((log) => log.of('Http').say('warn', '"event":"RolloutFailed" is no event')),
];

const faulty: Readonly<Record<string, readonly [lines: readonly string[], labels: object]>> = {
  OakringFaultLogged: [
    writtenLines((log) => log.of('Manager').say('error', 'the ledger of views broke')),
    { app: 'manager', level: 'error' },
  ],
  OakringNodeClaimedTwice: [
    linesOfEvents([
      {
        ...{ stream: 'nodes/edge-1', type: 'NodeClaimedTwice' },
        data: { incarnation: 1, current: 2, reason: 'another worker' },
      },
    ]),
    { node: 'edge-1' },
  ],
  OakringRolloutFailed: [
    linesOfEvents([
      { stream: 'jobs/web', type: 'RolloutFailed', data: { revision: 3, reason: 'not healthy' } },
    ]),
    { job: 'web' },
  ],
};

describe('The alerts of Loki', () => {
  it.each(alertsOfLoki)(
    '$alert fires on what it is there for, and is silent on a quiet day',
    (rule) => {
      const query = new LogQuery(rule.expr);
      const [lines, labels] = faulty[rule.alert] ?? [[], null];
      expect(query.count([...quiet, ...lines, ...lines])).toEqual([{ ...labels, value: '2' }]);
      expect(query.count(quiet)).toEqual([]);
    },
  );

  it('are about labels that they keep', () => {
    for (const { expr, annotations } of alertsOfLoki) {
      const named = [
        ...Object.values(annotations)
          .join(' ')
          .matchAll(/\$labels\.(\w+)/g),
      ];
      expect(new LogQuery(expr).by).toEqual(expect.arrayContaining(named.map(([, name]) => name)));
    }
  });

  it('lie where Loki of docker-compose.yml looks for them', () => {
    const { ruler } = parse(readFileSync('infra/loki/loki.yml', 'utf8')) as Config;
    const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
      readonly services: { readonly loki: { readonly volumes: readonly string[] } };
    };
    expect(services.loki.volumes).toContain(`./${folder}:${ruler.storage.local.directory}:ro`);
  });
});
