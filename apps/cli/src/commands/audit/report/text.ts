import { originOf } from '../../../render/narration.js';
import { counted } from '../../../render/measures.js';
import type { Colors } from '../../../terminal.js';
import type { ReportLine } from './chapter.js';
import { endOf } from './epochs.js';
import type { Report, ReportChapter } from './gathered.js';
import { kindsOfBy } from './slices.js';
import type { Verdict } from './verdict.js';

/** On whose word, as people say it. */
export const kindNames = {
  api: 'over the API',
  nodes: 'by workers',
  manager: 'by managers themselves',
  unsaid: 'before it was said who',
} as const;

/** A report for a terminal. Its texts are fit for one. */
export function* textOf(report: Report, verdict: Verdict, colors: Colors): Generator<string> {
  const [first = '', ...rest] = verdict.lines;
  yield verdict.status === 'whole' && verdict.standing !== 'unsealed'
    ? colors.green(first)
    : colors.yellow(first);
  for (const line of rest) yield colors.dim(line);
  yield `positions ${report.from}–${report.to}, ${report.firstAt} to ${report.lastAt}: ${sumOf(report)}`;
  for (const chapter of report.chapters) {
    if (chapter.events === 0 && chapter.name !== 'leaders') continue;
    yield '';
    const leaders = chapter.name === 'leaders' ? report.epochs.length + report.moreEpochs : 0;
    yield colors.bold(`${chapter.title} (${chapter.events + leaders})`);
    if (chapter.name === 'leaders') yield* leadersOf(report, colors);
    for (const line of chapter.lines) yield lineOf(line, colors);
    if (chapter.rest !== null) yield colors.dim(restOf(chapter.rest));
  }
  yield '';
  yield colors.dim(`All events: ${typesOf(report)}`);
}

/** How many events, on whose word. */
export function sumOf({ events, byKind }: Report): string {
  const parts = kindsOfBy.filter((kind) => byKind[kind] > 0);
  return `${counted(events, 'event')} (${parts.map((kind) => `${byKind[kind]} ${kindNames[kind]}`).join(', ')})`;
}

export function typesOf({ byType }: Report): string {
  return Object.entries(byType)
    .map(([type, count]) => `${type} ${count}`)
    .join(', ');
}

export function restOf({ events, from, to }: NonNullable<ReportChapter['rest']>): string {
  return `… and ${events} more, ${from} to ${to}: raise --lines, or report them with --from ${positionIn(from)}`;
}

/** What is said of those that are alike. */
export function alikeOf({ count, until }: ReportLine): string {
  return until === null ? '' : `×${count}, until ${until.address} at ${until.at}`;
}

function* leadersOf({ epochs, moreEpochs }: Report, colors: Colors): Generator<string> {
  for (const epoch of epochs) {
    const { epoch: number, host, pid, software, address, at } = epoch;
    yield `${colors.dim(`${address.padStart(8)}  ${at}`)}  epoch ${number}: process ${pid} on ${host} (${software}); ${endOf(epoch)}`;
  }
  if (moreEpochs > 0) yield colors.dim(`… and ${counted(moreEpochs, 'epoch')} more`);
}

function lineOf(line: ReportLine, colors: Colors): string {
  const { address, at, subject, text } = line;
  const alike = alikeOf(line);
  const before = colors.dim(`${address.padStart(8)}  ${at}`);
  const after = colors.dim(`(${originOf(line)})${alike === '' ? '' : ` ${alike}`}`);
  return `${before}  ${colors.bold(subject.padEnd(14))}  ${text}  ${after}`;
}

function positionIn(address: string): string {
  return address.slice(0, address.indexOf('/'));
}
