import type { Stranger } from '../client/documents.js';
import type { Colors } from '../terminal.js';
import { agoText } from './measures.js';
import { renderTable } from './table.js';

/** Below the nodes: those that speak and are none. Empty where there are none. */
export function renderStrangers(
  strangers: readonly Stranger[],
  colors: Colors,
  nowMs: number,
): string {
  if (strangers.length === 0) return '';
  const table = renderTable(
    ['UNKNOWN WORKER', 'SAYS THAT IT RUNS', 'LAST SEEN'],
    strangers.map(({ id, runs, instances, lastSeen }) => [
      id,
      runsText(runs, instances),
      agoText(lastSeen, nowMs),
    ]),
  );
  const remedy =
    'Nobody knows them, and nothing is ordered there. Start such a worker again: it registers, and what it ' +
    'runs ends by that.';
  return `\n\n${table}\n${colors.yellow(remedy)}`;
}

function runsText(runs: readonly string[], instances: number): string {
  const more = instances - runs.length;
  if (runs.length === 0) return instances === 0 ? 'nothing' : `${instances} instances`;
  return more > 0 ? `${runs.join(', ')} and ${more} more` : runs.join(', ');
}
