import type { Cluster, JobSummary, LedgerHead, Node } from '../client/documents.js';
import type { Colors, Look } from '../terminal.js';
import { resourceColumns } from '@oakring/narration';
import { figuresOf, reservedTitle, sharesOf } from './measures.js';
import { statusText, usedText } from './nodes.js';
import { colorHealth, countBy, countsText, healthText } from './status.js';
import { renderFacts, renderTable } from './table.js';

export interface ClusterOverview {
  readonly head: Pick<LedgerHead, 'position' | 'epoch' | 'hash'>;
  /** The position that it is of, where that is in the past. */
  readonly past: number | null;
  readonly storm: Cluster['storm'];
  readonly degraded: NonNullable<Cluster['degraded']>;
  readonly nodes: readonly Node[];
  readonly jobs: readonly JobSummary[];
}

const maxTroubled = 10;

/** The whole cluster on one page. */
export function renderCluster(overview: ClusterOverview, look: Look): string {
  const { colors, width } = look;
  const { head, past, storm, degraded, nodes, jobs } = overview;
  const facts = renderFacts(
    [
      past === null
        ? [
            'head',
            `position ${head.position}, epoch ${head.epoch}, hash ${head.hash.slice(0, 16)}…`,
          ]
        : ['position', `${past} of ${head.position}`],
      ...stormFact(storm, colors),
      ...degraded.map(({ what, since, reason }): [string, string] => [
        'DEGRADED',
        colors.red(`${what} since ${since}: ${reason}`),
      ]),
      [
        'nodes',
        `${nodes.length}: ${countsText(countBy(nodes, byStatus), colors)}${closed(nodes, colors)}`,
      ],
      ['jobs', `${jobs.length}: ${countsText(countBy(jobs, byStatus), colors)}`],
      [
        'instances',
        countsText(summed(jobs, 'counts'), colors) + healthText(summed(jobs, 'health'), colors),
      ],
      ...troubledJobs(jobs, colors),
    ],
    width,
  );
  return nodes.length === 0 ? facts : `${facts}\n\n${renderLoad(nodes, look)}`;
}

function stormFact(storm: ClusterOverview['storm'], colors: Colors): [string, string][] {
  if (storm === null) return [];
  const text = `since ${storm.since}: ${storm.reason}; nothing that fell silent is replaced until it is over`;
  return [['STORM', colors.red(text)]];
}

/** How many nodes take nothing new although they may be ready. */
function closed(nodes: readonly Node[], colors: Colors): string {
  const isClosed = ({ flags }: Node): boolean =>
    flags.cordoned !== null || flags.quarantined !== null;
  const count = nodes.filter(isClosed).length;
  return count === 0 ? '' : colors.yellow(`; ${count} of them closed to new work`);
}

/** Jobs of which not everything is as it is wanted, by name: the ones to look at. */
function troubledJobs(jobs: readonly JobSummary[], colors: Colors): [string, string][] {
  const troubled = jobs.flatMap(({ id, counts, health }) => {
    const { running: _running, completed: _completed, ...others } = counts;
    const { unhealthy = 0 } = health ?? {};
    const ill = unhealthy > 0 ? [`${unhealthy} ${colorHealth('unhealthy', colors)}`] : [];
    const isOther = Object.values(others).some((count) => count > 0);
    const parts = [...(isOther ? [countsText(others, colors)] : []), ...ill];
    return parts.length === 0 ? [] : [`${id} (${parts.join(', ')})`];
  });
  if (troubled.length === 0) return [];
  const more = troubled.length > maxTroubled ? ` and ${troubled.length - maxTroubled} more` : '';
  return [['look at', `${troubled.slice(0, maxTroubled).join(', ')}${more}`]];
}

function byStatus<S extends string>({ status }: { readonly status: S }): S {
  return status;
}

function summed<K extends 'counts' | 'health'>(
  jobs: readonly JobSummary[],
  member: K,
): NonNullable<JobSummary[K]> {
  const total = new Map<string, number>();
  for (const job of jobs) {
    const counts: Readonly<Record<string, number>> = job[member] ?? {};
    for (const [key, count] of Object.entries(counts)) {
      total.set(key, (total.get(key) ?? 0) + count);
    }
  }
  // It has no names but those that it was summed of.
  return Object.fromEntries(total) as NonNullable<JobSummary[K]>;
}

/** Bars take their room: there are none where a line has little. */
const leastForBars = 110;

function renderLoad(nodes: readonly Node[], { colors, width }: Look): string {
  const hasBars = width === null || width >= leastForBars;
  const shares = hasBars ? sharesOf : figuresOf;
  const columns = resourceColumns(nodes.map(({ capacity }) => capacity));
  return renderTable(
    ['NODE', 'STATUS', ...columns.map(reservedTitle), 'USED', 'INST'],
    nodes.map((node) => [
      node.id,
      statusText(node, colors),
      ...shares(node, columns, colors),
      usedText(node),
      String(node.instances),
    ]),
    width,
  );
}
