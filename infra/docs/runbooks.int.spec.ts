import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventSchemas } from '@oakring/events';
import { simulatedPorts } from '@oakring/ports';
import type { Command } from 'commander';
import { addAuditSubcommands } from '../../apps/cli/src/commands/audit/subcommands.js';
import { createProgram } from '../../apps/cli/src/program.js';
import { LogQuery } from '../loki/testing/log-query.js';
import { alertsOfLoki, alertsOfPrometheus } from '../prometheus/testing/alerts.js';
import { blocksOf, runbookFolder, runbooks } from './testing/runbooks.js';

const alerts = [...alertsOfPrometheus, ...alertsOfLoki];
const files = runbooks.map(([file]) => file);

const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  readonly paths: Readonly<Record<string, object>>;
};
const io = { out: () => {}, error: () => {} };
const surroundings = {
  ...{ io: io as never, env: {}, ports: simulatedPorts(), afterDashes: [], program: 'oakring' },
};
const program = createProgram(surroundings);
// These are loaded when one is called.
const audit = program.commands.find((command) => command.name() === 'audit');
if (audit !== undefined) addAuditSubcommands(audit, surroundings);

/** What is wrong with `oakring …` as it stands there; null: nothing. */
function problemOf(line: string): string | null {
  const [, ...words] = line.split(/ +/);
  let command: Command = program;
  for (;;) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (next === undefined) break;
    words.shift();
    command = next;
  }
  const options = [...command.options, ...program.options];
  const named = words.filter((word) => /^--./.test(word));
  const unknown = named.filter((word) => !options.some(({ long }) => long === word));
  if (command === program && unknown.length === named.length) return `no command: ${line}`;
  const values = options.filter(({ long, required }) => required && named.includes(long ?? ''));
  const left = words.length - named.length - values.length;
  const wanted = command.registeredArguments;
  const least = wanted.filter(({ required }) => required).length;
  if (unknown.length > 0) return `no option ${unknown.join(', ')}: ${line}`;
  // In a sentence it may be named without what it is about.
  return left > wanted.length || (left > 0 && left < least) ? `${left} arguments: ${line}` : null;
}

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
      expect(commands.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
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
