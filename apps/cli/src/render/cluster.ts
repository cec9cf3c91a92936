import type { ClusterAnswer, InstanceStatus, JobSummary, NodeAnswer } from '@oakring/contracts';
import type { LedgerHead } from '../client/answers.js';
import type { Colors } from '../terminal.js';
import { shareOf } from './measures.js';
import { colorStatus, countBy, countsText } from './status.js';
import { renderFacts, renderTable } from './table.js';

export interface ClusterOverview {
  readonly head: LedgerHead;
  readonly storm: ClusterAnswer['storm'];
  readonly nodes: readonly NodeAnswer[];
  readonly jobs: readonly JobSummary[];
}

/** The whole cluster on one page. */
export function renderCluster(overview: ClusterOverview, colors: Colors): string {
  const { head, storm, nodes, jobs } = overview;
  const facts = renderFacts([
    ['head', `position ${head.position}, epoch ${head.epoch}, hash ${head.hash.slice(0, 16)}…`],
    ...stormFact(storm, colors),
    ['nodes', `${nodes.length}: ${countsText(countBy(nodes, byStatus), colors)}`],
    ['jobs', `${jobs.length}: ${countsText(countBy(jobs, byStatus), colors)}`],
    ['instances', countsText(instanceCounts(jobs), colors)],
  ]);
  return nodes.length === 0 ? facts : `${facts}\n\n${renderLoad(nodes, colors)}`;
}

function stormFact(storm: ClusterOverview['storm'], colors: Colors): [string, string][] {
  if (storm === null) return [];
  const text = `since ${storm.since}: ${storm.reason}; nothing is replaced until it is over`;
  return [['STORM', colors.red(text)]];
}

function byStatus<S extends string>({ status }: { readonly status: S }): S {
  return status;
}

function instanceCounts(jobs: readonly JobSummary[]): Partial<Record<InstanceStatus, number>> {
  const total: Partial<Record<InstanceStatus, number>> = {};
  for (const { counts } of jobs) {
    for (const [key, count] of Object.entries(counts)) {
      // Keys of this record are statuses.
      const status = key as InstanceStatus;
      total[status] = (total[status] ?? 0) + count;
    }
  }
  return total;
}

function renderLoad(nodes: readonly NodeAnswer[], colors: Colors): string {
  return renderTable(
    ['NODE', 'STATUS', 'CPU RESERVED', 'MEMORY RESERVED', 'INST'],
    nodes.map(({ id, status, reserved, capacity, instances }) => [
      id,
      colorStatus(status, colors),
      shareOf(reserved.cpuMillis, capacity.cpuMillis, 'm', colors),
      shareOf(reserved.memoryMiB, capacity.memoryMiB, ' MiB', colors),
      String(instances),
    ]),
  );
}
