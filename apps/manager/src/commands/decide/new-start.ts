import type { Answers, Command } from '../command.js';
import type { Decided, Deciding } from './deciding.js';
import { registerNode } from './node-registration.js';
import { reconcileNode } from './reconciliation.js';

/**
 * A worker that counts no starts registers: whatever it had is gone. It is the node's next start, with
 * nothing, and what is wanted there is ordered anew in the same commit.
 */
export function startAnew(
  deciding: Deciding,
  command: Extract<Command, { type: 'RegisterNode' }>,
): Decided<Answers['RegisterNode']> {
  const { registration } = command;
  const before = deciding.state.nodes.get(registration.id)?.incarnation ?? 0;
  const incarnation = before + 1;
  const registered = registerNode(deciding, {
    ...command,
    registration: { ...registration, incarnation },
  });
  if ('refusal' in registered) return registered;
  const reconciled = reconcileNode(deciding, {
    nodeId: registration.id,
    state: { incarnation, requestId: null, instances: [] },
    provesAbsence: true,
  });
  return 'refusal' in reconciled ? reconciled : registered;
}
