import {
  noResources,
  plus,
  portsOf,
  type DecisionReads,
  type FreedThere,
  type HeldPort,
  type PlacementRefusal,
  type Resources,
  type ScheduleAnswer,
} from '@oakring/contracts';
import { fits, testsFor } from '@oakring/planning';
import { jobStream, type DecisionBasis, type PlacedInstance } from '@oakring/events';
import {
  placementKey,
  type ClusterState,
  nextGeneration,
  factsOf,
  holdsNamesake,
  whyInstanceUnusable,
  whySecretMissing,
  whyUnusable,
  mayBegin,
  mayStart,
  type InstanceRecord,
  type JobRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { type Decided, type Deciding } from './deciding.js';
import { endIfStopped, orderStarts, orderStop } from './orders.js';

/** At most this many placements a commit: others wait behind it. */
export const maxPlacementsPerPlan = 500;

/**
 * A scheduler's proposal, checked again on our own table: what still holds is placed and reserved by
 * this very commit, the rest is returned to be asked again elsewhere.
 */
export function applyPlan(
  deciding: Deciding,
  { id, answer, avoiding = false }: Extract<Command, { type: 'ApplyPlan' }>,
): Decided<Answers['ApplyPlan']> {
  const job = deciding.state.jobs.get(id);
  if (
    job?.status !== 'active' ||
    whyUnusable(job) !== null ||
    whySecretMissing(deciding.state, job) !== null
  ) {
    return { answer: { placed: 0, rejected: [] } };
  }
  const pending = placeableInstances(deciding.state, job);
  const { placements, rejected } = choose(deciding.state, job, { pending, answer, avoiding });
  const basis = basisOf(answer);
  if (placements.length > 0) {
    deciding.emit({
      stream: jobStream(id),
      type: 'InstancesPlaced',
      data: { decisionId: deciding.nextAddress(), basis, placements },
    });
    orderStarted(
      deciding,
      placements.map(({ instance, generation }) => placementKey(id, instance, generation)),
    );
  }
  // Elsewhere there is no room: where it failed has not been asked about yet.
  if (answer.refusal !== null && rejected.length === 0 && !avoiding) {
    refuseRest(deciding, id, answer.refusal, basis);
  }
  return { answer: { placed: placements.length, rejected } };
}

interface Choice {
  readonly pending: readonly InstanceRecord[];
  readonly answer: ScheduleAnswer;
  readonly avoiding: boolean;
}

function choose(
  state: ClusterState,
  job: JobRecord,
  { pending, answer, avoiding }: Choice,
): { placements: PlacedInstance[]; rejected: string[] } {
  const placements: PlacedInstance[] = [];
  const rejected = new Set<string>();
  // What this very plan has taken so far, by node.
  const taken = new Map<string, Resources>();
  const waiting = [...pending];
  const tests = testsFor(job);
  const isAlone = portsOf(job).length > 0;
  for (const proposed of answer.placements.slice(0, maxPlacementsPerPlan)) {
    const next = waiting.findIndex(({ avoid }) => !avoiding || avoid !== proposed.nodeId);
    const instance = waiting[next];
    if (instance === undefined) break;
    const before = taken.get(proposed.nodeId) ?? noResources;
    if (
      // Two of one job would have the same ports.
      (isAlone && taken.has(proposed.nodeId)) ||
      !holds(state, tests, proposed.nodeId, { taken: before }) ||
      holdsNamesake(state, job, proposed.nodeId)
    ) {
      rejected.add(proposed.nodeId);
      continue;
    }
    waiting.splice(next, 1);
    taken.set(proposed.nodeId, plus(before, job.resources));
    placements.push({
      instance: instance.number,
      generation: nextGeneration(state, instance),
      nodeId: proposed.nodeId,
      reason: proposed.reason,
      total: proposed.total,
      scores: proposed.scores,
    });
  }
  return { placements, rejected: [...rejected] };
}

/** Whether a node can take one more instance, reservations only: telemetry never overcommits. */
export function holds(
  state: ClusterState,
  tests: ReturnType<typeof testsFor>,
  nodeId: string,
  { taken = noResources, freed }: { taken?: Resources; freed?: Omit<FreedThere, 'node'> } = {},
): boolean {
  const node = state.nodes.get(nodeId);
  if (node === undefined) return false;
  const facts = factsOf(node);
  const { ports: freedPorts = [], resources } = freed ?? {};
  const isHeld = ({ port }: HeldPort): boolean => !freedPorts.includes(port);
  const ports = facts.ports?.filter(isHeld) ?? [];
  return fits({ ...facts, ports, reserved: plus(facts.reserved, taken) }, tests, resources);
}

/** Instances that may be placed now. What must never run twice waits until nothing of it can run. */
function placeableInstances(state: ClusterState, job: JobRecord): InstanceRecord[] {
  const pending: InstanceRecord[] = [];
  for (const key of state.pendingOfJob.of(job.id)) {
    const instance = state.instances.get(key);
    if (instance !== undefined && mayStart(state, job, key)) pending.push(instance);
    // Numbers are added in order; more than a plan can take are not looked at.
    if (pending.length === maxPlacementsPerPlan) break;
  }
  return pending.sort((a, b) => a.number - b.number);
}

export function basisOf(answer: ScheduleAnswer): DecisionBasis {
  return {
    policy: answer.policy,
    seed: answer.seed,
    sawLedger: answer.positions.ledger,
    sawTelemetry: answer.positions.telemetry,
    nodes: answer.considered.nodes,
    feasible: answer.considered.feasible,
    filtered: { ...answer.considered.filtered },
    ...readBy(answer),
  };
}

/** What makes it replay; a scheduler of before does not say it. */
function readBy({ asked, reads }: ScheduleAnswer): Pick<DecisionBasis, 'asked' | 'reads'> {
  if (asked === undefined) return {};
  const { revision = 0, instances, exclude, worker, freed } = asked;
  const named = worker === undefined ? {} : { worker };
  return {
    asked: {
      revision,
      instances,
      exclude: [...exclude],
      ...named,
      ...(freed && { freed: spokenOf(freed) }),
    },
    ...(reads && { reads: readsOf(reads) }),
  };
}

function readsOf({ ports, ...reads }: DecisionReads): NonNullable<DecisionBasis['reads']> {
  if (ports === undefined) return reads;
  const held = Object.entries(ports).map(([id, there]): [string, HeldPort[]] => [id, [...there]]);
  return { ...reads, ports: Object.fromEntries(held) };
}

function spokenOf({ node, resources, ports = [] }: FreedThere) {
  return ports.length === 0 ? { node, resources } : { node, resources, ports: [...ports] };
}

/** Why an instance waits, stored once per reason: the same again is no news. */
function refuseRest(
  deciding: Deciding,
  id: string,
  refusal: Pick<PlacementRefusal, 'code' | 'detail' | 'filtered' | 'nearest' | 'wouldFit'>,
  basis: DecisionBasis | null,
): void {
  const instances = instancesToTell(deciding.state, id, refusal.detail);
  if (instances.length === 0) return;
  deciding.emit({
    stream: jobStream(id),
    type: 'PlacementRefused',
    data: {
      decisionId: deciding.nextAddress(),
      basis,
      instances,
      code: refusal.code,
      detail: refusal.detail,
      filtered: refusal.filtered,
      nearest: refusal.nearest,
      wouldFit: refusal.wouldFit,
    },
  });
}

function instancesToTell(state: ClusterState, id: string, detail: string): number[] {
  const numbers: number[] = [];
  const job = state.jobs.get(id);
  for (const key of state.pendingOfJob.of(id)) {
    const instance = state.instances.get(key);
    if (job === undefined || instance === undefined || instance.reason === detail) continue;
    // What waits for ever because of its number is not told what the others wait for.
    const unusable = whyInstanceUnusable(job, instance.number);
    if (unusable === null || unusable.detail === detail) numbers.push(instance.number);
  }
  return numbers;
}

/** The scheduler was not asked, or did not answer: the instances wait with that reason. */
export function refusePlacement(
  deciding: Deciding,
  id: string,
  code: string,
  detail: string,
): Decided<null> {
  const instances = instancesToTell(deciding.state, id, detail);
  if (instances.length > 0) {
    deciding.emit({
      stream: jobStream(id),
      type: 'PlacementRefused',
      data: {
        decisionId: deciding.nextAddress(),
        basis: null,
        instances,
        code,
        detail,
        filtered: {},
        nearest: null,
        wouldFit: null,
      },
    });
  }
  return { answer: null };
}

/** Orders to start what has its place and waits for nothing there; the rest is ordered later. */
export function orderStarted(deciding: Deciding, keys: readonly string[]): Decided<null> {
  const { state } = deciding;
  const byJob = new Map<string, PlacementRecord[]>();
  for (const key of keys) {
    const placement = state.placements.get(key);
    if (placement === undefined || !state.unorderedStarts.has(key)) continue;
    if (!mayBegin(state, placement)) continue;
    byJob.set(placement.job, [...(byJob.get(placement.job) ?? []), placement]);
  }
  for (const placements of byJob.values()) orderStarts(deciding, placements);
  return { answer: null };
}

/** Orders the `delete` of placements that are not wanted any more. */
export function orderStops(deciding: Deciding, keys: readonly string[]): Decided<null> {
  for (const key of keys) {
    const placement = deciding.state.placements.get(key);
    if (placement === undefined || !deciding.state.unorderedStops.has(key)) continue;
    if (!endIfStopped(deciding, placement)) orderStop(deciding, placement);
  }
  return { answer: null };
}
