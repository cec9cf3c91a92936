import { InvalidArgumentError, type Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CommandFailure, exitCodes } from '../../../exit-codes.js';
import { colorsOf } from '../../../terminal.js';
import { contextOf, type Context, type Surroundings } from '../../context.js';
import { momentHelp } from '../../moments.js';
import { wholeNumber } from '../../options.js';
import { writeBundle } from '../export.js';
import { storeOf } from '../store.js';
import { fingerprint } from '../verdict.js';
import { Gathered, type Report } from './gathered.js';
import { pageOf } from './page.js';
import { gatherFromManager, gatherFromStore } from './source.js';
import { textOf } from './text.js';
import type { Verdict } from './verdict.js';

interface ReportOptions {
  readonly store?: string;
  readonly manager?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly trust?: string;
  readonly html?: string;
  readonly lines: number;
}

const usualLines = 100;
/** All of them are held until the end. */
const mostLines = 100_000;

export function addReportCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('report')
    .description('tell for people what happened in a range: who did it, who led, what was refused')
    .option('--from <moment>', `from ${momentHelp} [the first]`)
    .option('--to <moment>', 'up to and with one [the last]')
    .option('--store <store>', 'a folder or mongodb://… [OAKRING_STORE]')
    .option('--manager', 'ask a running manager, on its word: nothing is verified')
    .option('--trust <fingerprint>', 'the one key that counts from the start', fingerprint)
    .option(
      '--lines <count>',
      'lines of each part at most; how many more is said',
      lines,
      usualLines,
    )
    .option(
      '--html <file>',
      'write a page that needs nothing else, and <file>.bundle, which proves it',
    )
    .addHelpText(
      'after',
      `
Examples:
  oakring audit report --from -1d
  oakring audit report --from 1 --to 100 --store oakring-data/ledger --html first.html
  oakring audit report --manager --from -15m
  oakring audit report --json | jq '.chapters[] | select(.name == "refusals") | .lines'`,
    )
    .action(async (options: ReportOptions, command: Command) => {
      await report(contextOf(surroundings, command), surroundings, options);
    });
}

function lines(text: string): number {
  const value = wholeNumber(text);
  if (value >= 1 && value <= mostLines) return value;
  throw new InvalidArgumentError(`It is not a number of lines from 1 to ${mostLines}.`);
}

async function report(
  context: Context,
  surroundings: Surroundings,
  options: ReportOptions,
): Promise<void> {
  const { terminal, json } = context;
  const { from = null, to = null, trust = null, html, manager } = options;
  refuseTogether(options);
  const isText = html === undefined && !json;
  const gathered = new Gathered(options.lines, isText ? terminal.colors : colorsOf(false));
  const store = manager === true ? null : storeOf(surroundings.env, options.store);
  const verdict =
    store === null
      ? await gatherFromManager({ from, to }, gathered, context)
      : await gatherFromStore(store, { from, to }, { gathered, trust }, context);
  const found = gathered.report();
  if (found === null) throw nothingThere(verdict, options);
  const { status, standing, lines: said } = verdict;
  if (json) {
    terminal.out(JSON.stringify({ verdict: { status, standing, lines: said }, ...found }, null, 2));
  }
  if (isText) for (const line of textOf(found, verdict, terminal.colors)) terminal.out(line);
  if (html !== undefined) await writePage({ html, store, found, verdict }, context);
  verdict.demand();
}

function refuseTogether({ manager, store, trust, html }: ReportOptions): void {
  const other = Object.entries({ '--store': store, '--trust': trust, '--html': html }).find(
    ([, value]) => value !== undefined,
  );
  if (manager !== true || other === undefined) return;
  const detail = `--manager and ${other[0]} are not for one report: what a manager says is not verified.`;
  throw new CommandFailure(detail, exitCodes.usage);
}

function nothingThere(
  { status, lines: [first = ''] }: Verdict,
  { from, to }: ReportOptions,
): CommandFailure {
  if (status === 'damaged') return new CommandFailure(first, exitCodes.refused);
  const detail = `Nothing happened from ${from ?? 'the first commit'} to ${to ?? 'the last'}.`;
  return new CommandFailure(`${detail} ${first}`, exitCodes.usage);
}

async function writePage(
  page: {
    readonly html: string;
    readonly store: string | null;
    readonly found: Report;
    readonly verdict: Verdict;
  },
  context: Context,
): Promise<void> {
  const { html, store, found, verdict } = page;
  const { terminal, json } = context;
  const { from, to } = found;
  const bundle = `${html}.bundle`;
  const isProven = store !== null && verdict.status !== 'damaged';
  if (isProven) await writeBundle(store, { from, to, out: bundle }, context);
  const text = pageOf(found, verdict, isProven ? basename(bundle) : null);
  await writeFile(html, text, { mode: 0o600 }).catch((error: Error) => {
    throw new CommandFailure(`${html} cannot be written: ${error.message}`, exitCodes.unreachable);
  });
  if (json) return;
  for (const line of verdict.lines) terminal.out(line);
  terminal.out(`written: positions ${from}–${to} to ${html}${isProven ? ` and ${bundle}` : ''}`);
}
