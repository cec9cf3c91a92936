import { isNothing, least, minus, plus, type HeldPort } from '@oakring/contracts';
import { clusterKey, instanceKey, placementKey, type ClusterState } from '../cluster-state.js';
import { nameOf } from '../namesakes.js';
import { placeOf, type EventPlace } from '../event-place.js';
import type {
  CommandRecord,
  CountersRecord,
  InstanceRecord,
  JobRecord,
  NodeRecord,
  PlacementRecord,
} from '../records.js';

/**
 * The only places where records with derived indexes are written: a record and its indexes cannot
 * drift apart. All of it runs inside the fold.
 */

/** Ended commands remembered, so that a late acknowledgement is told from an unknown one. */
const maxEndedCommands = 10_000;
/** (job, number)s that are gone and whose generation is remembered one by one. */
const maxRetired = 100_000;

export function putNode(state: ClusterState, node: NodeRecord): void {
  state.nodes.set(node.id, node);
}

export function indexJob(state: ClusterState, job: JobRecord): void {
  if (job.numbering === 'given') state.givenOfName.add(nameOf(job), job.id);
}

export function removeJob(state: ClusterState, job: JobRecord): void {
  state.jobs.delete(job.id);
  forgetName(state, job);
}

export function forgetName(state: ClusterState, job: JobRecord): void {
  state.givenOfName.remove(nameOf(job), job.id);
}

export function putInstance(state: ClusterState, instance: InstanceRecord): void {
  const key = instanceKey(instance.job, instance.number);
  state.instances.set(key, instance);
  indexInstance(state, key, instance);
}

export function indexInstance(state: ClusterState, key: string, instance: InstanceRecord): void {
  state.instancesOfJob.add(instance.job, key);
  if (instance.status === 'pending' && !instance.removing) {
    state.pendingOfJob.add(instance.job, key);
    state.jobsWithPending.add(instance.job);
  } else {
    forgetPending(state, instance.job, key);
  }
}

function forgetPending(state: ClusterState, job: string, key: string): void {
  state.pendingOfJob.remove(job, key);
  if (state.pendingOfJob.sizeOf(job) === 0) state.jobsWithPending.delete(job);
}

/** Removes an instance and remembers the highest generation it ever had. */
export function removeInstance(state: ClusterState, instance: InstanceRecord): void {
  const key = instanceKey(instance.job, instance.number);
  state.instances.delete(key);
  state.instancesOfJob.remove(instance.job, key);
  forgetPending(state, instance.job, key);
  const generation = highestGeneration(instance);
  if (generation > 0) retire(state, key, generation);
}

export function highestGeneration(instance: InstanceRecord): number {
  return Math.max(instance.generation, instance.moving?.generation ?? 0, instance.lastGeneration);
}

function retire(state: ClusterState, key: string, generation: number): void {
  const counters = countersOf(state);
  // Set again at the end: the table's order is the order of retirement.
  state.retired.delete(key);
  state.retired.set(key, { generation, order: counters.retired + 1 });
  let floor = counters.generationFloor;
  while (state.retired.size > maxRetired) {
    const oldest = state.retired.oldestKey();
    if (oldest === undefined) break;
    floor = Math.max(floor, state.retired.get(oldest)?.generation ?? 0);
    state.retired.delete(oldest);
  }
  state.counters.set(clusterKey, {
    ...counters,
    generationFloor: floor,
    retired: counters.retired + 1,
  });
}

/**
 * The generation that the next placement of an instance gets: never one that was given before, nor one that
 * may have been given in what was lost with a restored ledger.
 */
export function nextGeneration(state: ClusterState, instance: InstanceRecord): number {
  const { restored = null } = state.cluster.get(clusterKey) ?? {};
  return Math.max(highestGeneration(instance), restored?.generationsAbove ?? 0) + 1;
}

/** What a new instance of this (job, number) has behind it. */
export function lastGenerationOf(state: ClusterState, job: string, number: number): number {
  const retired = state.retired.get(instanceKey(job, number));
  return retired?.generation ?? countersOf(state).generationFloor;
}

export function countersOf(state: ClusterState): CountersRecord {
  return state.counters.get(clusterKey) ?? { generationFloor: 0, ended: 0, retired: 0, age: 0 };
}

/** Adds a placement and reserves its resources on the node. */
export function addPlacement(
  state: ClusterState,
  placement: PlacementRecord,
  event: EventPlace,
): void {
  putPlacement(state, placement);
  reserve(state, placement, 1, event);
}

export function putPlacement(state: ClusterState, placement: PlacementRecord): void {
  const key = placementKey(placement.job, placement.number, placement.generation);
  state.placements.set(key, placement);
  indexPlacement(state, key, placement);
}

export function indexPlacement(state: ClusterState, key: string, placement: PlacementRecord): void {
  state.placementsOfNode.add(placement.nodeId, key);
  state.placementsOfInstance.add(instanceKey(placement.job, placement.number), key);
  if (placement.leaseMs !== null) state.leasedOfNode.add(placement.nodeId, key);
  if (!placement.wanted && !placement.lost && !hasOpenDelete(state, placement))
    state.unorderedStops.add(key);
  else state.unorderedStops.delete(key);
  if (placement.wanted && placement.commandId === null) state.unorderedStarts.add(key);
  else state.unorderedStarts.delete(key);
  if (placement.health === undefined) state.spokenHealth.delete(key);
  else state.spokenHealth.add(key);
}

export function hasOpenDelete(state: ClusterState, placement: PlacementRecord): boolean {
  const command = placement.commandId === null ? null : state.commands.get(placement.commandId);
  return command?.kind === 'delete' && command.status !== 'ended';
}

/** Removes a placement, frees what it reserved and ends the command about it. */
export function removePlacement(
  state: ClusterState,
  placement: PlacementRecord,
  event: EventPlace,
): void {
  const key = placementKey(placement.job, placement.number, placement.generation);
  state.placements.delete(key);
  state.placementsOfNode.remove(placement.nodeId, key);
  state.placementsOfInstance.remove(instanceKey(placement.job, placement.number), key);
  state.leasedOfNode.remove(placement.nodeId, key);
  state.unorderedStops.delete(key);
  state.unorderedStarts.delete(key);
  state.spokenHealth.delete(key);
  reserve(state, placement, -1, event);
  handOver(state, placement, event);
  const command = placement.commandId === null ? null : state.commands.get(placement.commandId);
  if (command !== null && command !== undefined && command.status !== 'ended') {
    endCommand(state, command);
  }
}

function reserve(
  state: ClusterState,
  placement: PlacementRecord,
  sign: 1 | -1,
  event: EventPlace,
): void {
  const node = state.nodes.get(placement.nodeId);
  if (node === undefined) return;
  putNode(state, {
    ...node,
    reserved: (sign === 1 ? plus : minus)(node.reserved, placement.resources),
    placements: node.placements + sign,
    ports: placement.ports.length === 0 ? node.ports : portsAfter(node, placement, sign),
    ...placeOf(event),
  });
}

function portsAfter(
  { ports }: NodeRecord,
  { job, ports: held }: PlacementRecord,
  sign: 1 | -1,
): readonly HeldPort[] {
  if (sign === 1) return [...ports, ...held.map((port) => ({ port, job }))];
  const left = [...ports];
  for (const port of held) {
    const at = left.findIndex((each) => each.port === port && each.job === job);
    if (at !== -1) left.splice(at, 1);
  }
  return left;
}

/** What an ended placement held is its successor's there, as far as it was promised. */
function handOver(state: ClusterState, ended: PlacementRecord, event: EventPlace): void {
  for (const key of state.placementsOfInstance.inOrder(instanceKey(ended.job, ended.number))) {
    const heir = state.placements.get(key);
    const node = state.nodes.get(ended.nodeId);
    if (heir?.nodeId !== ended.nodeId || !heir.wanted || heir.takesOver === null) continue;
    if (node === undefined) continue;
    const part = least(heir.takesOver, ended.resources);
    const left = minus(heir.takesOver, part);
    const resources = plus(heir.resources, part);
    putPlacement(state, { ...heir, resources, takesOver: isNothing(left) ? null : left });
    putNode(state, { ...node, reserved: plus(node.reserved, part), ...placeOf(event) });
  }
}

export function putCommand(state: ClusterState, command: CommandRecord): void {
  state.commands.set(command.id, command);
  indexCommand(state, command);
}

export function indexCommand(state: ClusterState, command: CommandRecord): void {
  if (command.status === 'issued') state.unsentOfNode.add(command.nodeId, command.id);
  else state.unsentOfNode.remove(command.nodeId, command.id);
  if (command.status === 'received') state.receivedOfNode.add(command.nodeId, command.id);
  else state.receivedOfNode.remove(command.nodeId, command.id);
  if (command.status === 'ended') state.endedCommands.add(command.id);
  else state.endedCommands.delete(command.id);
  const key = placementKey(command.job, command.instance, command.generation);
  const placement = state.placements.get(key);
  if (placement !== undefined) indexPlacement(state, key, placement);
}

export function endCommand(state: ClusterState, command: CommandRecord): void {
  const counters = countersOf(state);
  state.counters.set(clusterKey, { ...counters, ended: counters.ended + 1 });
  putCommand(state, { ...command, status: 'ended', ended: counters.ended + 1 });
  while (state.endedCommands.size > maxEndedCommands) {
    const oldest = state.endedCommands.values().next().value;
    if (oldest === undefined) break;
    state.endedCommands.delete(oldest);
    state.commands.delete(oldest);
  }
}
