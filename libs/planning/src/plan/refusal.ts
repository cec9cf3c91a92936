import type { FilterCounts, PlacementRefusal } from '@oakring/contracts';
import { resourcesAt } from '../nodes/amounts.js';
import type { NodeColumns } from '../nodes/node-columns.js';
import type { Candidates, Survey } from './candidates.js';

/** "No" with its reasons: counts per filter, the nearest node, and the smallest change that fits. */
export function explainRefusal(
  candidates: Candidates,
  survey: Survey,
  missing: number,
): PlacementRefusal {
  const { filtered, nearest } = survey;
  const { room, asked } = candidates;
  const { nodes } = room;
  if (nodes.count === 0) {
    const detail = 'No node is registered. Start a worker, or register one over HTTP.';
    return { code: 'no-nodes', detail, filtered, nearest: null, wouldFit: null };
  }
  const seen = seenSentence(nodes, filtered, missing);
  if (nearest === -1) {
    const unknown = candidates.unknownHosts();
    const detail = `${seen} ${unknown ?? whatWouldQualify(candidates, survey)}`;
    const code = unknown === null ? 'no-qualified-node' : 'no-such-node';
    return { code, detail, filtered, nearest: null, wouldFit: null };
  }
  const lacking = asked.map((wanted, at) => Math.max(0, wanted - room.free(at, nearest)));
  const nodeId = nodes.ids[nearest] ?? '';
  const lacks = amountsText(nodes, (at) => lacking[at] ?? 0);
  // Of what a node has none free, to ask for none is no proposal.
  const hasNone = lacking.some((lack, at) => lack > 0 && room.free(at, nearest) === 0);
  const isProposed = !hasNone || room.ways.proposesNone;
  const change = isProposed ? `; ${changeText(candidates, nearest, lacking)} would fit there` : '';
  return {
    code: 'no-capacity',
    detail:
      `${seen} Nearest is ${nodeId}, which lacks ${lacks}${change}.` +
      useOfOthers(nodes, nearest, lacking),
    filtered,
    nearest: { nodeId, lacking: resourcesAt(nodes.rules, lacking) },
    wouldFit: isProposed
      ? resourcesAt(
          nodes.rules,
          asked.map((_wanted, at) => room.free(at, nearest)),
        )
      : null,
  };
}

/** What is lacking may not be ours at all: nothing is placed where a machine is busy already. */
function useOfOthers(nodes: NodeColumns, slot: number, lacking: readonly number[]): string {
  const used = amountsText(nodes, (at) =>
    (lacking[at] ?? 0) > 0 ? Math.round(nodes.foreign[at]?.[slot] ?? 0) : 0,
  );
  return used === '' ? '' : ` Of that node ${used} are in use by what is not Oakring's.`;
}

function seenSentence({ count, rules }: NodeColumns, filtered: FilterCounts, missing: number) {
  const counts = rules.filters
    .filter(({ name }) => (filtered[name] ?? 0) > 0)
    .map(({ name, phrase }) => `${filtered[name]} ${phrase}`)
    .join(', ');
  const who = `${missing} ${missing === 1 ? 'instance does' : 'instances do'} not fit`;
  return `${who} on any of ${count} ${count === 1 ? 'node' : 'nodes'}: ${counts}.`;
}

/** `90 cpuMillis and 10 MiB`: of what there is some of. */
function amountsText({ rules }: NodeColumns, amount: (at: number) => number): string {
  const parts = rules.resources.flatMap((name, at) =>
    amount(at) > 0 ? [`${amount(at)} ${rules.kinds[name]?.unit}`] : [],
  );
  return parts.join(' and ');
}

/** Only what has to shrink is named. */
function changeText({ room, asked }: Candidates, slot: number, lacking: readonly number[]): string {
  const { resources, kinds } = room.nodes.rules;
  const parts = resources.flatMap((name, at) =>
    (lacking[at] ?? 0) > 0
      ? [`${room.free(at, slot)} instead of ${asked[at]} ${kinds[name]?.unit}`]
      : [],
  );
  return parts.join(' and ');
}

/** Which node comes closest when capacity is not the reason, and what keeps it: one sentence. */
function whatWouldQualify(candidates: Candidates, { furthest }: Survey): string {
  const { nodes } = candidates.room;
  const named = candidates.namedSlot();
  if (named === -1) {
    return `The job names ${(candidates.named ?? []).join(', ')}, which is not registered.`;
  }
  const slot = named ?? furthest;
  const make = candidates.makeAt(slot);
  const failed = slot === -1 ? null : candidates.failure(slot);
  if (failed === null || make === undefined) return 'Start a worker that qualifies.';
  const nodeId = nodes.ids[slot] ?? '';
  const obstacle = failed.obstacle(make, candidates.room.heldAt(slot));
  return named === null ? `Nearest is ${nodeId}, which ${obstacle}.` : `${nodeId} ${obstacle}.`;
}
