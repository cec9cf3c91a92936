import { labelsOf, type JsonObject } from '../parsing/parsing.js';

export type Labels = Readonly<Record<string, string>>;

/** The job's own labels; in a document of before the field was known there may be anything. */
export function ownLabels(document: JsonObject): Labels {
  const labels = labelsOf(document['labels'] ?? {}, 'labels');
  return labels.ok ? labels.value : {};
}

/** What to carry: a label of this name, with this value or (null) with any. */
export type LabelTest = readonly [name: string, value: string | null];

/** `team=shop,tier`: all of them. Null: it is none. */
export function labelTests(text: string): readonly LabelTest[] | null {
  const tests = text.split(',').map((part): LabelTest => {
    const at = part.indexOf('=');
    return at === -1 ? [part, null] : [part.slice(0, at), part.slice(at + 1)];
  });
  return tests.some(([name]) => name === '') ? null : tests;
}

export function carries(labels: Labels, tests: readonly LabelTest[]): boolean {
  return tests.every(
    ([name, value]) => Object.hasOwn(labels, name) && (value === null || labels[name] === value),
  );
}
