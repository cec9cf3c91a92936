import type { Decision } from '../client/documents.js';
import type { Colors } from '../terminal.js';
import { resourcesText } from './measures.js';
import { renderFacts, renderTable } from './table.js';

type Basis = Decision['basis'];
type Placement = Extract<Decision, { type: 'InstancesPlaced' }>['placements'][number];

/** A decision as a person reads it: what, where, why, and why not elsewhere. */
export function renderDecision(decision: Decision, colors: Colors): string {
  const about = `${colors.bold(decision.id)}  job ${decision.job}  ${decision.at}`;
  return [about, outcomeOf(decision, colors), basisText(decision.basis)].join('\n\n');
}

function outcomeOf(decision: Decision, colors: Colors): string {
  switch (decision.type) {
    case 'InstancesPlaced':
      return placementsTable(decision.placements, colors);
    case 'MoveStarted': {
      const { instance, fromNodeId, placement } = decision;
      const from = `Instance ${instance} moves from ${colors.cyan(fromNodeId)}:`;
      return `${from}\n${placementsTable([placement], colors)}`;
    }
    case 'PlacementRefused':
      return refusalText(decision, colors);
  }
}

function placementsTable(placements: readonly Placement[], colors: Colors): string {
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
  );
}

function refusalText(
  decision: Extract<Decision, { type: 'PlacementRefused' }>,
  colors: Colors,
): string {
  const { instances, code, detail, filtered, nearest, wouldFit } = decision;
  return renderFacts([
    ['waiting', instances.map((number) => `#${number}`).join(', ')],
    ['why', `${colors.yellow(code)}: ${detail}`],
    ['passed over', pairsText(filtered)],
    [
      'nearest',
      nearest === null ? '-' : `${nearest.nodeId}, lacking ${resourcesText(nearest.lacking)}`,
    ],
    ['would fit', wouldFit === null ? '-' : resourcesText(wouldFit)],
  ]);
}

function basisText(basis: Basis): string {
  if (basis === null) return 'No scheduler was asked.';
  const facts: readonly (readonly [string, string])[] = [
    ['policy', `${basis.policy}, seed ${basis.seed}`],
    ['saw', `ledger position ${basis.sawLedger}, reading ${basis.sawTelemetry}`],
    ['nodes', `${basis.nodes} looked at, ${basis.feasible} could take it`],
    ['filtered', pairsText(basis.filtered)],
  ];
  return renderFacts(facts);
}

function pairsText(pairs: Readonly<Record<string, number>>): string {
  const parts = Object.entries(pairs).map(([name, value]) => `${name} ${value}`);
  return parts.length === 0 ? '-' : parts.join(', ');
}
