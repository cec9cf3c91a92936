import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commandProblem } from '../docs/testing/commands.js';
import { askedBy, readPage, unanswered } from './testing/prom-query.js';
import { questions } from './testing/questions.js';

/** What all programs show, by the page that is held against them. */
const page = readFileSync('docs/metrics.md', 'utf8');
const shown = readPage(page);

describe('What dashboards, alerts and runbooks ask', () => {
  it.each(questions)('is answered by some program, by name and label: $query', (question) => {
    expect(unanswered(askedBy(question.query, question.texts), shown)).toBeNull();
  });

  it('is all that there is to know of the cluster and its ledger', () => {
    const asked = questions.flatMap(({ query }) =>
      askedBy(query).metrics.map(({ name }) => partless(name)),
    );
    const ours = [...shown.keys()].filter((name) => name.startsWith('oakring_')).map(partless);
    expect(ours.filter((name) => !asked.includes(name))).toEqual([]);
  });
});

/** What the parts of a histogram are of. */
function partless(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, '');
}

describe('The remedies of metrics', () => {
  it('name commands that there are', () => {
    const [, ...texts] = page.replaceAll('\\<', '<').split(/\b(?=oakring [a-z])/);
    const words = /^oakring(?: (?:[a-z-]+|<\w+>|--[a-z-]+))+/;
    const named = texts.map((text) => words.exec(text)?.[0] ?? '');
    expect(named.length).toBeGreaterThan(10);
    expect(named.map(firstOf).filter((problem) => problem !== null)).toEqual([]);
  });
});

/** A command goes over into the sentence: its words up to some place are one. */
function firstOf(text: string): string | null {
  const all = text.split(' ');
  const starts = all.map((_, at) => commandProblem(all.slice(0, at + 1).join(' ')));
  return starts.slice(1).includes(null) ? null : (starts[1] ?? null);
}
