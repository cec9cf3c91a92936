import { jobStream } from '@oakring/events';
import {
  awaitsHealth,
  instanceKey,
  isStart,
  placementKey,
  isRolledOut,
  isUpdated,
  type ClusterState,
  type CommandRecord,
  type InstanceRecord,
  type PlacementRecord,
  orderDigest,
  orderedDocument,
  secretsFor,
  type GivenSecret,
} from '@oakring/model';
import { type Deciding } from './deciding.js';

/**
 * Orders to workers, and what follows when a placement starts or ends. The `commandId` is the
 * address of its `CommandIssued`: fixed in the decision's commit, the same for all attempts.
 */

/**
 * Orders placements of one job to be run; a node that runs the job already is asked to replicate.
 * Looks at each node once, however many of them go there: no order here makes anything run.
 */
export function orderStarts(deciding: Deciding, placements: readonly PlacementRecord[]): void {
  const runs = new Map<string, boolean>();
  for (const placement of placements) {
    const { nodeId } = placement;
    const runsJob = runs.get(nodeId) ?? nodeRunsJob(deciding.state, placement);
    runs.set(nodeId, runsJob);
    issue(deciding, placement, runsJob ? 'replicate' : 'deploy');
  }
}

/** Orders a placement to be stopped; an order to start it that is still open is superseded. */
export function orderStop(deciding: Deciding, placement: PlacementRecord): void {
  supersede(deciding, placement.commandId, 'the instance is not wanted there any more');
  const reason = placement.stopReason ?? 'it is not wanted there any more';
  issue(deciding, placement, 'delete', { reason });
}

/** An order that is still open is not to be carried out any more. */
export function supersede(deciding: Deciding, commandId: string | null, reason: string): void {
  const open = commandId === null ? undefined : deciding.state.commands.get(commandId);
  if (open === undefined || open.status === 'ended') return;
  const data = { commandId: open.id, reason };
  deciding.emit({ stream: jobStream(open.job), type: 'CommandSuperseded', data });
}

/** Tells the source of a move that it is being taken over. */
export function announceMove(
  deciding: Deciding,
  source: PlacementRecord,
  targetNodeId: string,
): void {
  issue(deciding, source, 'move', { targetNodeId });
}

function issue(
  deciding: Deciding,
  placement: PlacementRecord,
  kind: CommandRecord['kind'],
  more: { readonly targetNodeId?: string; readonly reason?: string } = {},
): void {
  deciding.emit({
    stream: jobStream(placement.job),
    type: 'CommandIssued',
    data: {
      commandId: deciding.nextAddress(),
      kind,
      nodeId: placement.nodeId,
      instance: placement.number,
      generation: placement.generation,
      incarnation: deciding.state.nodes.get(placement.nodeId)?.incarnation ?? 0,
      ...startOf(deciding.state, placement, kind),
      ...more,
    },
  });
}

/** What is to be run: which document, and with which versions of the secrets that it names. */
function startOf(
  state: ClusterState,
  { job, number: instance, generation }: PlacementRecord,
  kind: CommandRecord['kind'],
): { digest?: string; secrets?: GivenSecret[] } {
  if (!isStart({ kind })) return {};
  const document = orderedDocument(state, { job, instance, generation });
  if (document === undefined) return {};
  const secrets = [...secretsFor(state, document)];
  const digest = orderDigest(state, document, secrets);
  return secrets.length === 0 ? { digest } : { digest, secrets };
}

/** Looks at what is on the node or at what is of the job, whichever is less: either may be thousands. */
function nodeRunsJob(state: ClusterState, { nodeId, job }: PlacementRecord): boolean {
  if (state.instancesOfJob.sizeOf(job) < state.placementsOfNode.sizeOf(nodeId)) {
    for (const key of state.instancesOfJob.of(job)) {
      const instance = state.instances.get(key);
      if (instance?.nodeId === nodeId && instance.status === 'running') return true;
    }
    return false;
  }
  for (const key of state.placementsOfNode.of(nodeId)) {
    const placement = state.placements.get(key);
    if (placement?.job !== job) continue;
    const instance = state.instances.get(instanceKey(job, placement.number));
    if (instance?.generation === placement.generation && instance.status === 'running') return true;
  }
  return false;
}

/** Orders again, under the same ids, what is wanted on a node and was ordered before. */
export function reopenWanted(deciding: Deciding, nodeId: string, reason: string): void {
  for (const key of [...deciding.state.placementsOfNode.of(nodeId)]) {
    const placement = deciding.state.placements.get(key);
    if (placement !== undefined && !placement.lost) reopen(deciding, placement, reason);
  }
}

/** Orders the newest command about a placement again. Nothing to do while it is still to be sent. */
export function reopen(deciding: Deciding, placement: PlacementRecord, reason: string): void {
  const { commandId } = placement;
  if (commandId === null) return;
  const command = deciding.state.commands.get(commandId);
  if (command?.status === 'issued') return;
  const { job, number, nodeId, generation, wanted } = placement;
  deciding.emit({
    stream: jobStream(job),
    type: 'CommandReopened',
    data: {
      commandId,
      reason,
      // An ended command may be forgotten; what a placement was ordered last follows from it.
      kind: command?.kind ?? (wanted ? 'deploy' : 'delete'),
      nodeId,
      instance: number,
      generation,
      incarnation: deciding.state.nodes.get(nodeId)?.incarnation ?? 0,
    },
  });
}

/** A placement runs, by its worker's word or the broker's: a move that waited for it goes on. */
export function concludeStart(
  deciding: Deciding,
  command: CommandRecord,
  confirmed: boolean,
): void {
  const { job, instance, generation } = command;
  const { moving = null } = deciding.state.instances.get(instanceKey(job, instance)) ?? {};
  // When it serves the rollout knows.
  if (moving?.surge === true) return;
  const placement = deciding.state.placements.get(placementKey(job, instance, generation));
  // What has checks takes over once it is found healthy.
  if (placement !== undefined && awaitsHealth(deciding.state, placement)) return;
  completeMove(deciding, { job, instance, generation }, confirmed);
}

/** The target of a move takes over; nothing happens if it is the target of none. */
export function completeMove(
  deciding: Deciding,
  { job, instance: number, generation }: { job: string; instance: number; generation: number },
  confirmed: boolean,
): void {
  const instance = deciding.state.instances.get(instanceKey(job, number));
  if (instance?.moving?.generation !== generation) return;
  deciding.emit({
    stream: jobStream(job),
    type: 'MoveCompleted',
    data: { instance: number, generation, confirmed },
  });
  supersede(deciding, instance.moving.commandId, 'the move is done');
}

/** The target of a move did not start, or has ended: the original stays. */
export function abortMoveTo(
  deciding: Deciding,
  address: { job: string; instance: number; generation: number },
  reason: string,
): void {
  const instance = deciding.state.instances.get(instanceKey(address.job, address.instance));
  if (instance?.moving?.generation !== address.generation) return;
  deciding.emit({
    stream: jobStream(address.job),
    type: 'MoveAborted',
    data: { instance: address.instance, generation: address.generation, reason },
  });
  supersede(deciding, instance.moving.commandId, 'the move was given up');
}

/**
 * What is not wanted any more has ended where its worker has stopped and said so: there is nobody to
 * order a stop from. False: it has not.
 */
export function endIfStopped(deciding: Deciding, placement: PlacementRecord): boolean {
  const { job, number: instance, generation, nodeId, wanted, lost, ended } = placement;
  const { stopped = false } = deciding.state.nodes.get(nodeId) ?? {};
  if (wanted || lost || !ended || !stopped) return false;
  const reason = 'its worker said that it stops, and has ended it';
  const data = { instance, generation, nodeId, status: 'gone', reason };
  deciding.emit({ stream: jobStream(job), type: 'InstanceReported', data });
  concludeDeletion(deciding, job);
  return true;
}

/** A job that is being deleted, or whose numbers are given, ends with its last instance. */
export function concludeDeletion(deciding: Deciding, job: string): void {
  const record = deciding.state.jobs.get(job);
  if (record?.status !== 'deleting' && record?.numbering !== 'given') return;
  if (deciding.state.instancesOfJob.sizeOf(job) > 0) return;
  deciding.emit({ stream: jobStream(job), type: 'JobEnded', data: {} });
}

/** A move lets two run at once: what must never run twice from now on is not moved. */
export function callMovesOff(deciding: Deciding, job: string): void {
  for (const { number: instance, moving } of movingOf(deciding.state, job)) {
    const target = { job, instance, generation: moving.generation };
    abortMoveTo(deciding, target, 'it must never run twice from now on');
  }
}

/**
 * What an update began beside the one before it, and is not to become of its job any more: another revision came, or
 * the rollout is over. Where it runs, and the one before has ended meanwhile, it goes on all the same: there would be
 * none.
 */
export function callSurgesOff(deciding: Deciding, id: string, reason: string): void {
  const { state } = deciding;
  const job = state.jobs.get(id);
  if (job === undefined) return;
  for (const { number, status, moving } of movingOf(state, id)) {
    const target = state.placements.get(placementKey(id, number, moving.generation));
    const isMeant = isRolledOut(job) && target !== undefined && isUpdated(job, target);
    if (moving.surge !== true || isMeant) continue;
    const address = { job: id, instance: number, generation: moving.generation };
    const isThere = target !== undefined && serves(state, target);
    if (isThere && status !== 'running')
      completeMove(deciding, address, isConfirmed(state, target));
    else abortMoveTo(deciding, address, reason);
  }
}

/** It runs; with checks, it was found healthy as well. */
export function serves(state: ClusterState, placement: PlacementRecord): boolean {
  return placement.runningSince > 0 && !awaitsHealth(state, placement);
}

/** Of one that runs: its worker says so itself. */
export function isConfirmed({ nodes }: ClusterState, { nodeId }: PlacementRecord): boolean {
  return nodes.get(nodeId)?.acknowledges === true;
}

type Moving = InstanceRecord & { readonly moving: NonNullable<InstanceRecord['moving']> };

function movingOf(state: ClusterState, job: string): Moving[] {
  return [...state.instancesOfJob.of(job)]
    .map((key) => state.instances.get(key))
    .filter((instance): instance is Moving => (instance?.moving ?? null) !== null);
}
