import type { Diff, DiffItem } from '../client/documents.js';
import type { Command } from 'commander';
import type { Colors } from '../terminal.js';
import { contextOf, show, type Surroundings } from './context.js';
import { momentFor, momentHelp } from './moments.js';
import { wholeNumber } from './options.js';

const defaultItems = 1_000;
/** Characters of one value; the whole record is for `--json`. */
const widest = 80;

export function addDiffCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('diff')
    .description('what changed in the cluster between two moments')
    .argument('<from>', momentHelp)
    .argument('<to>', 'the same')
    .option('--limit <n>', 'at most so many records', wholeNumber, defaultItems)
    // A time ago looks like an option.
    .allowUnknownOption()
    .addHelpText('after', '\nExamples:\n  oakring diff 12 40\n  oakring diff 1h 5m')
    .action(async (from: string, to: string, { limit }: { limit: number }, command: Command) => {
      const context = contextOf(surroundings, command);
      const { clock } = context.ports;
      show(
        context,
        await context.client.diff(momentFor(from, clock), momentFor(to, clock), limit),
        (diff) => renderDiff(diff, context.terminal.colors),
      );
    });
}

function renderDiff({ from, to, items, more }: Diff, colors: Colors): string {
  const heading = `from position ${from.position} (${from.at}) to ${to.position} (${to.at})`;
  if (items.length === 0) return `${heading}: nothing changed`;
  const lines = items.map((item) => lineOf(item, colors));
  if (more) lines.push(colors.yellow('… and more: ask with a larger --limit'));
  return [colors.dim(heading), ...lines].join('\n');
}

function lineOf({ view, key, change, fields }: DiffItem, colors: Colors): string {
  const name = `${view.replace(/s$/, '')} ${key}`;
  const told = Object.entries(fields);
  switch (change) {
    case 'added':
      return `${colors.green(`+ ${name}`)} ${told.flatMap(statusOf('after')).join(' ')}`.trimEnd();
    case 'removed':
      return `${colors.red(`- ${name}`)} ${told.flatMap(statusOf('before')).join(' ')}`.trimEnd();
    case 'changed':
      return [
        colors.yellow(`~ ${name}`),
        ...told.flatMap(([field, { before, after }]) => changesOf(field, before, after)),
      ].join('  ');
  }
}

/** Of what came or went, only where it stood: the rest is for `--json`. */
function statusOf(side: 'before' | 'after') {
  const told = new Set(['status', 'nodeId', 'desired', 'kind']);
  return ([field, values]: [string, DiffItem['fields'][string]]): string[] =>
    told.has(field) && values[side] !== null ? [shown(field, values[side])] : [];
}

/** Of nested records only the members that differ: `reserved.cpuMillis 100 → 200`. */
function changesOf(field: string, before: unknown, after: unknown): string[] {
  if (isRecord(before) || isRecord(after)) {
    const old = isRecord(before) ? before : {};
    const now = isRecord(after) ? after : {};
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return names.flatMap((name) =>
      JSON.stringify(old[name]) === JSON.stringify(now[name])
        ? []
        : changesOf(`${field}.${name}`, old[name], now[name]),
    );
  }
  return [`${field} ${shown(field, before)} → ${shown(field, after)}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members that hold milliseconds since 1970, wherever they stand in a record; a count is none. */
const timeName = /^(at|since|deadline)$|(At|Since)$/;
const leastTimeMs = 100_000_000_000;

function readable(name: string, value: unknown): unknown {
  const isTime = typeof value === 'number' && value >= leastTimeMs && timeName.test(name);
  return isTime ? new Date(value).toISOString() : value;
}

function shown(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  const told = readable(field.slice(field.lastIndexOf('.') + 1), value);
  const text = typeof told === 'string' ? told : JSON.stringify(told, readable);
  return text.length > widest ? `${text.slice(0, widest)}…` : text;
}
