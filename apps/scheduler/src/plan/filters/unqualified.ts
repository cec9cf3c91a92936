import type { Requirement } from '@oakring/contracts';
import type { FilterName } from '@oakring/placement';
import type { Shape } from '../node-columns.js';
import type { Candidates, Survey } from './candidates.js';

/** Which node comes closest when capacity is not the reason, and what keeps it: one sentence. */
export function whatWouldQualify(candidates: Candidates, survey: Survey): string {
  const { requirement } = candidates;
  const { nodes } = candidates.room;
  const named = candidates.namedSlot();
  if (named === -1) return `The job names ${namesOf(requirement)}, which is not registered.`;
  const slot = named ?? survey.furthest?.slot ?? -1;
  const reason = slot === -1 ? null : candidates.whyNot(slot);
  if (reason === null) return 'Start a worker that qualifies.';
  const nodeId = nodes.ids[slot] ?? '';
  const obstacle = obstacleOf(reason, nodes.shapes[nodes.shape[slot] ?? 0], requirement);
  return named === null ? `Nearest is ${nodeId}, which ${obstacle}.` : `${nodeId} ${obstacle}.`;
}

function obstacleOf(
  reason: FilterName,
  shape: Shape | undefined,
  requirement: Requirement,
): string {
  switch (reason) {
    case 'excluded':
      return 'is excluded from this choice';
    case 'status':
      return 'is not ready';
    case 'closed':
      return 'is cordoned, being drained or in quarantine';
    case 'stop-enforced':
      return 'does not guarantee a stop, which a job with stopOnWorkerAfterMs needs';
    case 'technology':
      return `offers ${shape?.technologies.join(', ') || 'nothing'}, not ${requirement.technology}`;
    case 'architecture':
      return `is ${shape?.architecture ?? 'of no stated architecture'}, not ${architectureOf(requirement)}`;
    case 'labels':
      return missingLabel(shape?.labels ?? {}, requirement.labels);
    case 'direct':
      return `cannot be each of the nodes that the job names (${namesOf(requirement)})`;
    case 'capacity-cpu':
    case 'capacity-memory':
      return 'has too little free';
  }
}

function architectureOf({ constraints }: Requirement): string {
  return constraints
    .flatMap((c) => (c.type === 'architecture' ? [c.architecture] : []))
    .join(' and ');
}

function namesOf({ constraints }: Requirement): string {
  return constraints.flatMap((c) => (c.type === 'direct' ? [c.node] : [])).join(', ');
}

/** The first label, in the order of the request, that keeps the node out. */
function missingLabel(
  has: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): string {
  for (const [label, value] of Object.entries(wanted)) {
    if (has[label] === value) continue;
    return Object.hasOwn(has, label)
      ? `has ${label}=${has[label]}, not ${label}=${value}`
      : `lacks the label ${label}=${value}`;
  }
  return 'lacks a label';
}
