import type { DocumentChange } from '@oakring/contracts';
import type { Revision } from '../client/documents.js';
import type { Colors } from '../terminal.js';
import { renderTable } from './table.js';

export function renderRevisions(items: readonly Revision[], colors: Colors): string {
  return renderTable(
    ['REVISION', 'WHEN', 'BY', 'STATE', 'RUNNING', 'CHANGED'],
    items.map((item) => [
      item.current ? colors.bold(`${item.revision} (now)`) : String(item.revision),
      item.at,
      item.by ?? '-',
      stateOf(item, colors),
      item.running === 0 ? '-' : String(item.running),
      item.reason === null ? item.changed : `${item.changed} (${item.reason})`,
    ]),
  );
}

function stateOf({ status }: Revision, colors: Colors): string {
  switch (status) {
    case 'submitted':
      return 'submitted';
    case 'progressing':
      return colors.yellow('in progress');
    case 'completed':
      return colors.green('ran everywhere');
    case 'failed':
      return colors.red('failed');
    case 'wentBack':
      return colors.red('gone back from');
    case 'superseded':
      return colors.dim('overtaken');
    case 'alike':
      return 'nothing restarted';
  }
}

interface Difference {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly changes: readonly DocumentChange[];
}

export function renderDifference({ id, from, to, changes }: Difference, colors: Colors): string {
  if (changes.length === 0) return `${from} and ${to} of job ${id} are the same.`;
  return [colors.dim(`from ${from} to ${to}`), renderChanges(changes, colors)].join('\n');
}

/** A line or two a field: what it was, and what it is. */
export function renderChanges(changes: readonly DocumentChange[], colors: Colors): string {
  return changes
    .map(({ field, before, after }) =>
      [
        `${colors.yellow('~')} ${field}`,
        ...(before === null ? [] : [colors.red(`    - ${textOf(before)}`)]),
        ...(after === null ? [] : [colors.green(`    + ${textOf(after)}`)]),
      ].join('\n'),
    )
    .join('\n');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
