import type { KeptJob, Root } from '../client/documents.js';
import type { Colors } from '../terminal.js';
import { agoText, counted } from './measures.js';
import { renderFacts, renderTable } from './table.js';

const whys: Readonly<Record<KeptJob['why'], string>> = {
  forgotten: 'the root has lost its memory since it ordered it',
  dismissed: 'the root asks for its end, and is not known to remember us yet',
};

export function renderRoot(root: Root, colors: Colors, nowMs: number): string {
  const { address, clusterId, lastReport, calls, jobs, kept } = root;
  const keptFact: [string, string][] =
    kept.length === 0
      ? []
      : [['KEPT', colors.red(`${counted(kept.length, 'job')}: see "oakring root forgotten"`)]];
  if (address === null) {
    return renderFacts([
      ['root', 'none: the cluster stands alone. SYSTEM_MANAGER_URL names one to "oakring up"'],
      ...keptFact,
    ]);
  }
  return renderFacts([
    ['root', `${address}, ${connection(root, colors, nowMs)}`],
    ['knows us as', clusterId ?? 'nothing yet: it has not taken us in'],
    [
      'last report',
      lastReport === null
        ? colors.yellow('none was taken yet')
        : `${agoText(lastReport.at, nowMs)}: ${counted(lastReport.instances, 'instance')}, ` +
          `${lastReport.bytes} bytes, taken within ${lastReport.tookMs} ms`,
    ],
    [
      'calls',
      `${counted(calls.registrations, 'registration')}, ${counted(calls.reports, 'report')}, ` +
        counted(calls.failures, 'failure'),
    ],
    ['jobs', String(jobs)],
    ...keptFact,
  ]);
}

function connection({ connected, connectedSince }: Root, colors: Colors, nowMs: number): string {
  if (!connected) return colors.red('does not answer');
  if (connectedSince === null) return colors.green('connected');
  return `${colors.green('connected')} since ${connectedSince} (${agoText(connectedSince, nowMs)})`;
}

export function renderKeptJobs(jobs: readonly KeptJob[], colors: Colors): string {
  if (jobs.length === 0) return 'None: nothing runs here that a root is known to have forgotten.';
  const table = renderTable(
    ['JOB', 'NAME', 'INSTANCES', 'NODES', 'WHY'],
    jobs.map(({ id, name, desired, nodes, why }) => [
      id,
      name,
      String(desired),
      nodes.join(', '),
      colors.yellow(whys[why]),
    ]),
  );
  return `${table}\n\nTo end one: oakring job rm <id> --force. To keep it: leave it as it is.`;
}
