import type { Decision } from '../client/documents.js';
import type { Look } from '../terminal.js';
import { resourcesText } from '@oakring/narration';
import { renderFacts, renderTable } from './table.js';

type Basis = Decision['basis'];
type Placement = Extract<Decision, { type: 'InstancesPlaced' }>['placements'][number];

/** A decision as a person reads it: what, where, why, and why not elsewhere. */
export function renderDecision(decision: Decision, look: Look): string {
  const { colors } = look;
  const about = `${colors.bold(decision.id)}  job ${decision.job}  ${decision.at}`;
  return [about, outcomeOf(decision, look), basisText(decision.basis, look)].join('\n\n');
}

function outcomeOf(decision: Decision, look: Look): string {
  switch (decision.type) {
    case 'InstancesPlaced':
      return placementsTable(decision.placements, look);
    case 'MoveStarted': {
      const { instance, fromNodeId, placement, surge } = decision;
      const node = look.colors.cyan(fromNodeId);
      const from =
        surge === true
          ? `Instance ${instance} is updated by one beside it, which is on ${node}:`
          : `Instance ${instance} moves from ${node}:`;
      return `${from}\n${placementsTable([placement], look)}`;
    }
    case 'PlacementRefused':
      return refusalText(decision, look);
  }
}

function placementsTable(placements: readonly Placement[], { colors, width }: Look): string {
  return renderTable(
    ['#', 'GEN', 'NODE', 'SCORE', 'SCORES', 'WHY'],
    placements.map(({ instance, generation, nodeId, total, scores, reason }) => [
      String(instance),
      String(generation),
      colors.cyan(nodeId),
      String(total),
      pairsText(scores),
      reason,
    ]),
    width,
  );
}

function refusalText(
  decision: Extract<Decision, { type: 'PlacementRefused' }>,
  { colors, width }: Look,
): string {
  const { instances, code, detail, filtered, nearest, wouldFit } = decision;
  return renderFacts(
    [
      ['waiting', instances.map((number) => `#${number}`).join(', ')],
      ['why', `${colors.yellow(code)}: ${detail}`],
      ['passed over', pairsText(filtered)],
      [
        'nearest',
        nearest === null ? '-' : `${nearest.nodeId}, lacking ${resourcesText(nearest.lacking)}`,
      ],
      ['would fit', wouldFit === null ? '-' : resourcesText(wouldFit)],
    ],
    width,
  );
}

function basisText(basis: Basis, { width }: Look): string {
  if (basis === null) return 'No scheduler was asked.';
  const facts: readonly (readonly [string, string])[] = [
    ['policy', `${basis.policy}, seed ${basis.seed}`],
    ['saw', `ledger position ${basis.sawLedger}, reading ${basis.sawTelemetry}`],
    ['nodes', `${basis.nodes} looked at, ${basis.feasible} could take it`],
    ['filtered', pairsText(basis.filtered)],
  ];
  return renderFacts(facts, width);
}

function pairsText(pairs: Readonly<Record<string, number>>): string {
  const parts = Object.entries(pairs).map(([name, value]) => `${name} ${value}`);
  return parts.length === 0 ? '-' : parts.join(', ');
}
