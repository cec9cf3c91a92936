import { addProcessFigures, figuresOfNode, listed, type Listed } from '@oakring/metrics';
import { managerFigures } from '../../apps/manager/src/queries/metrics/manager-figures.js';
import type { MetricSources } from '../../apps/manager/src/queries/metrics/metric-sources.js';
import { schedulerFigures } from '../../apps/scheduler/src/answer/scheduler-figures.js';
import { workerFigures } from '../../apps/worker/src/listen/worker-figures.js';

// Nothing of the sources is read before a scrape.
const ofManager = listed((book) => managerFigures(book, {} as MetricSources));
const ofScheduler = listed((book) =>
  schedulerFigures(book, {} as Parameters<typeof schedulerFigures>[1]),
);
const ofWorker = listed((book) => workerFigures(book, {} as Parameters<typeof workerFigures>[1]));
const ofEach = [...listed(addProcessFigures), ...figuresOfNode];

/** docs/metrics.md, from what the programs write down themselves. */
export function metricsPage(): string {
  return `# Metrics

Manager, scheduler and worker answer \`GET /metrics\` for Prometheus ([operations.md](operations.md#metrics)). This page
is derived from what they show: \`npm run metrics\` writes it anew. No label ever holds the id of a job, a node or an
instance. What is said here stands in each \`HELP\` as well, the remedy behind the word \`Remedy:\`.

## Manager

${tableOf(ofManager)}

## Scheduler

${tableOf(ofScheduler)}

## Worker

${tableOf(ofWorker)}

## Each program

${tableOf(ofEach)}
`;
}

function tableOf(metrics: readonly Listed[]): string {
  const rows = metrics.map(({ name, type, labels = [], is, remedy }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    is,
    remedy,
  ]);
  const cells = (row: readonly string[]): string => `| ${row.map(escaped).join(' | ')} |`;
  const head = ['name', 'type', 'labels', 'what it is', 'what to do when it is bad'];
  return [cells(head), cells(head.map(() => '---')), ...rows.map(cells)].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('<', '\\<').replaceAll('|', '\\|');
}
