import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventSchemas } from '@oakring/events';
import { LogQuery } from '../loki/testing/log-query.js';
import { alertsOfLoki, alertsOfPrometheus } from '../prometheus/testing/alerts.js';
import { commandProblem } from './testing/commands.js';
import { blocksOf, runbookFolder, runbooks } from './testing/runbooks.js';

const alerts = [...alertsOfPrometheus, ...alertsOfLoki];
const files = runbooks.map(([file]) => file);

const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  readonly paths: Readonly<Record<string, object>>;
};
describe('The runbooks', () => {
  it('are one for each alert, which names it', () => {
    expect(new Set(files)).toEqual(new Set(alerts.map(({ alert }) => `${alert}.md`)));
    expect(files).toHaveLength(alerts.length);
    for (const { alert, annotations } of alerts)
      expect(annotations['runbook_url']).toBe(`${runbookFolder}/${alert}.md`);
  });

  it.each(runbooks)('%s says what it means, what to look at and what to do', (file, text) => {
    const [title, ...headings] = [...text.matchAll(/^##? (.*)$/gm)].map(([, heading]) => heading);
    expect(`${title}.md`).toBe(file);
    expect(headings).toEqual(['What it means', 'What to look at', 'What to do']);
  });

  it.each(runbooks)(
    '%s names commands, addresses, events and queries that there are',
    (_, text) => {
      const commands = [
        ...blocksOf(text, 'sh').filter((line) => line.startsWith('oakring ')),
        ...[...text.matchAll(/`(oakring [^`]*)`/g)].map(([, line = '']) =>
          line.replaceAll('\n', ' '),
        ),
      ];
      expect(commands.map(commandProblem).filter((problem) => problem !== null)).toEqual([]);
      const asked = [...text.matchAll(/http:\/\/127\.0\.0\.1:\d+(\/[\w/-]+)/g)].map(
        ([, path]) => path,
      );
      expect(asked.filter((path = '') => !(path in paths))).toEqual([]);
      const types = [...text.matchAll(/--type (\S+)/g)].flatMap(([, names = '']) =>
        names.split(','),
      );
      expect(types.filter((type) => !(type in eventSchemas))).toEqual([]);
      const queries = blocksOf(text, 'logql').map((query) => new LogQuery(query));
      expect(queries.flatMap(({ selectors }) => selectors.map(({ name }) => name))).not.toContain(
        'job',
      );
      // An operator has something to look at.
      expect(blocksOf(text, 'sh|promql|logql').length).toBeGreaterThan(0);
    },
  );
});

describe('Each alert', () => {
  it.each(alerts)('$alert has a severity, a summary, and a description with its value', (alert) => {
    const { labels, annotations, expr } = alert;
    expect(['critical', 'warning']).toContain(labels['severity']);
    expect(annotations['summary']).toMatch(/\.$/);
    expect(annotations['description']).toMatch(/\.$/);
    // Where there is one but 0 or 1.
    const isFlag = /^absent|== [01]\b|_failures_total > 0$/.test(expr);
    if (!isFlag) expect(annotations['description']).toContain('{{ $value');
  });
});
