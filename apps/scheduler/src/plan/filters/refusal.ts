import type { FilterCounts, PlacementRefusal, Resources } from '@oakring/contracts';
import { filterNames, filterPhrases } from '@oakring/placement';
import type { NodeColumns } from '../node-columns.js';
import type { Candidates, Survey } from './candidates.js';
import { whatWouldQualify } from './unqualified.js';

/** "No" with its reasons: counts per filter, the nearest node, and the smallest change that fits. */
export function explainRefusal(
  candidates: Candidates,
  survey: Survey,
  missing: number,
): PlacementRefusal {
  const { filtered, nearest } = survey;
  const { room, requirement } = candidates;
  const { nodes } = room;
  if (nodes.count === 0) {
    const detail = 'No node is registered. Start a worker, or register one over HTTP.';
    return { code: 'no-nodes', detail, filtered, nearest: null, wouldFit: null };
  }
  const seen = seenSentence(nodes.count, filtered, missing);
  if (nearest === -1) {
    const detail = `${seen} ${whatWouldQualify(candidates, survey)}`;
    return { code: 'no-qualified-node', detail, filtered, nearest: null, wouldFit: null };
  }
  const asked = requirement.resources;
  const wouldFit: Resources = {
    cpuMillis: room.cpuFree(nearest),
    memoryMiB: room.memoryFree(nearest),
  };
  const lacking: Resources = {
    cpuMillis: Math.max(0, asked.cpuMillis - wouldFit.cpuMillis),
    memoryMiB: Math.max(0, asked.memoryMiB - wouldFit.memoryMiB),
  };
  const nodeId = nodes.ids[nearest] ?? '';
  return {
    code: 'no-capacity',
    detail:
      `${seen} Nearest is ${nodeId}, which lacks ${amount(lacking)}; ` +
      `${change(asked, lacking, wouldFit)} would fit there.${useOfOthers(nodes, nearest, lacking)}`,
    filtered,
    nearest: { nodeId, lacking },
    wouldFit,
  };
}

/** What is lacking may not be ours at all: nothing is placed where a machine is busy already. */
function useOfOthers(nodes: NodeColumns, slot: number, lacking: Resources): string {
  const used: Resources = {
    cpuMillis: lacking.cpuMillis > 0 ? Math.round(nodes.cpuForeign[slot] ?? 0) : 0,
    memoryMiB: lacking.memoryMiB > 0 ? Math.round(nodes.memoryForeign[slot] ?? 0) : 0,
  };
  if (used.cpuMillis === 0 && used.memoryMiB === 0) return '';
  return ` Of that node ${amount(used)} are in use by what is not Oakring's.`;
}

function seenSentence(nodeCount: number, filtered: FilterCounts, missing: number): string {
  const counts = filterNames
    .filter((name) => (filtered[name] ?? 0) > 0)
    .map((name) => `${filtered[name]} ${filterPhrases[name]}`)
    .join(', ');
  const who = `${missing} ${missing === 1 ? 'instance does' : 'instances do'} not fit`;
  return `${who} on any of ${nodeCount} ${nodeCount === 1 ? 'node' : 'nodes'}: ${counts}.`;
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
