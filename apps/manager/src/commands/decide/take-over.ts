import { covers, plus, type Refusal } from '@oakring/contracts';
import { jobStream } from '@oakring/events';
import {
  holdsNamesake,
  instanceKey,
  nextGeneration,
  takenOverPolicy,
  type ClusterState,
} from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';
import { concludeEnd } from './failures.js';
import { orderInstance } from './given-numbers.js';
import { succeed } from './worker-answers.js';

type TakingOver = Extract<Command, { type: 'TakeOverInstance' }>;

/**
 * An instance that another orchestrator had started on one of our nodes: it is taken to run there, and no
 * order goes out. Its worker's first undisturbed report confirms it, or is without it, and then it is
 * tried again as any other. What is there already stays as it is.
 */
export function takeOverInstance(
  deciding: Deciding,
  taking: TakingOver,
): Decided<Answers['TakeOverInstance']> {
  const { id, instance, nodeId, hasCompleted } = taking;
  const { state } = deciding;
  if (state.instances.get(instanceKey(id, instance)) !== undefined) {
    return { answer: { taken: false } };
  }
  const others = taking.force === true ? null : whyNotInto(state);
  if (others !== null) return { refusal: others };
  const refusal = whyNotThere(deciding, taking);
  if (refusal !== null) return refusal;
  const ordered = orderInstance(
    deciding,
    { ...taking, type: 'OrderInstance', root: null },
    { takenOver: true },
  );
  if ('refusal' in ordered) return ordered;
  if (nodeId !== null) place(deciding, { id, instance, nodeId, hasCompleted });
  return { answer: { taken: true } };
}

/** Two clusters are not made one by mistake: jobs that came over as well are no reason. */
export function whyNotInto({ jobs }: ClusterState): Refusal | null {
  const others = [...jobs.values()].filter(({ takenOver }) => !takenOver).map(({ id }) => id);
  if (others.length === 0) return null;
  const some = `${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}`;
  const detail = `The ledger has ${others.length} other jobs already (${some}); nothing is taken over.`;
  return { code: 'ledger-in-use', detail };
}

function whyNotThere({ state }: Deciding, { job, id, nodeId }: TakingOver) {
  if (nodeId === null) return null;
  const node = state.nodes.get(nodeId);
  if (node === undefined) return refuse('node-unknown', `There is no node ${nodeId}.`, 'nodeId');
  const { resources, policy } = state.jobs.get(id) ?? job;
  if (policy.onDisconnect.stopOnWorkerAfterMs !== null) {
    const detail = `It must never run twice; that it does not on node ${nodeId} nobody can say.`;
    return refuse('worker-does-not-fit', detail, 'nodeId', nodeId);
  }
  if (!covers(node.capacity, plus(node.reserved, resources))) {
    const detail = `What it reserves is more than node ${nodeId} has free.`;
    return refuse('worker-does-not-fit', detail, 'nodeId', nodeId);
  }
  return null;
}

interface Place {
  readonly id: string;
  readonly instance: number;
  readonly nodeId: string;
  readonly hasCompleted: boolean;
}

function place(deciding: Deciding, { id, instance: number, nodeId, hasCompleted }: Place): void {
  const { state } = deciding;
  const job = state.jobs.get(id);
  const instance = state.instances.get(instanceKey(id, number));
  // Its worker would take one for the other: it waits as any other does.
  if (job === undefined || instance === undefined || holdsNamesake(state, job, nodeId)) return;
  const stream = jobStream(id);
  const generation = nextGeneration(state, instance);
  const reason = 'it was there when it was taken over';
  const placed = { instance: number, generation, nodeId, reason, total: 0, scores: {} };
  deciding.emit({
    stream,
    type: 'InstancesPlaced',
    data: { decisionId: deciding.nextAddress(), basis: takenOver(deciding), placements: [placed] },
  });
  const commandId = deciding.nextAddress();
  const { incarnation = 0 } = state.nodes.get(nodeId) ?? {};
  deciding.emit({
    stream,
    type: 'CommandIssued',
    // Without a digest: what was ordered there is not known to be what we would order.
    data: { commandId, kind: 'deploy', nodeId, instance: number, generation, incarnation },
  });
  const command = state.commands.get(commandId);
  if (command !== undefined) succeed(deciding, command, true);
  if (!hasCompleted) return;
  const status = 'completed';
  const data = { instance: number, generation, nodeId, status, reason: 'it had completed before' };
  deciding.emit({ stream, type: 'InstanceReported', data });
  concludeEnd(deciding, { job: id, instance: number }, nodeId);
}

/** Nothing was planned: it was so. */
function takenOver({ position }: Deciding) {
  const saw = { sawLedger: position, sawTelemetry: 0, nodes: 1, feasible: 1, filtered: {} };
  return { policy: takenOverPolicy, seed: 0, ...saw };
}
