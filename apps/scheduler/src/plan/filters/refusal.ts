import type { PlacementRefusal, Requirement, Resources } from '@oakring/contracts';
import { filterNames, filterPhrases } from '@oakring/placement';
import type { NodeColumns } from '../node-columns.js';
import type { Taken } from '../taken.js';
import type { Survey } from './candidates.js';

/** "No" with its reasons: counts per filter, the nearest node, and the smallest change that fits. */
export function explainRefusal(
  nodes: NodeColumns,
  taken: Taken,
  requirement: Requirement,
  survey: Survey,
  missing: number,
): PlacementRefusal {
  const { filtered } = survey;
  if (nodes.count === 0) {
    const detail = 'No node is registered. Start a worker, or register one over HTTP.';
    return { code: 'no-nodes', detail, filtered, nearest: null, wouldFit: null };
  }
  const counts = filterNames
    .filter((name) => (filtered[name] ?? 0) > 0)
    .map((name) => `${filtered[name]} ${filterPhrases[name]}`)
    .join(', ');
  const who = `${missing} ${missing === 1 ? 'instance does' : 'instances do'} not fit`;
  const seen = `${who} on any of ${nodes.count} ${nodes.count === 1 ? 'node' : 'nodes'}: ${counts}.`;
  if (survey.nearest === -1) {
    const code = survey.qualified === 0 ? 'no-qualified-node' : 'no-capacity';
    return { code, detail: seen, filtered, nearest: null, wouldFit: null };
  }
  const wouldFit: Resources = {
    cpuMillis: Math.max(0, free(nodes.cpuFree, taken.cpu, survey.nearest)),
    memoryMiB: Math.max(0, free(nodes.memoryFree, taken.memory, survey.nearest)),
  };
  const { cpuMillis, memoryMiB } = requirement.resources;
  const lacking: Resources = {
    cpuMillis: Math.max(0, cpuMillis - wouldFit.cpuMillis),
    memoryMiB: Math.max(0, memoryMiB - wouldFit.memoryMiB),
  };
  const nodeId = nodes.ids[survey.nearest] ?? '';
  return {
    code: 'no-capacity',
    detail: `${seen} Nearest is ${nodeId}, which lacks ${amount(lacking)}; ${change(requirement.resources, lacking, wouldFit)} would fit there.`,
    filtered,
    nearest: { nodeId, lacking },
    wouldFit,
  };
}

function free(column: Float64Array, taken: Float64Array, slot: number): number {
  return (column[slot] ?? 0) - (taken[slot] ?? 0);
}

function amount(resources: Resources): string {
  const parts: string[] = [];
  if (resources.cpuMillis > 0) parts.push(`${resources.cpuMillis} cpuMillis`);
  if (resources.memoryMiB > 0) parts.push(`${resources.memoryMiB} MiB`);
  return parts.join(' and ');
}

/** Only what has to shrink is named. */
function change(asked: Resources, lacking: Resources, wouldFit: Resources): string {
  const parts: string[] = [];
  if (lacking.cpuMillis > 0) {
    parts.push(`${wouldFit.cpuMillis} instead of ${asked.cpuMillis} cpuMillis`);
  }
  if (lacking.memoryMiB > 0) {
    parts.push(`${wouldFit.memoryMiB} instead of ${asked.memoryMiB} MiB`);
  }
  return parts.join(' and ');
}
