import { createHash } from 'node:crypto';
import {
  type HealthStatus,
  type JobDocument,
  type Registration,
  type ReportedInstance,
  type ScheduleAnswer,
  type WorkerState,
  callerIn,
  jobOf,
  parseRegistration,
} from '@oakring/contracts';
import type { StoredEvent } from '@oakring/events';
import type { Command } from '../commands/command.js';
import type { CommandOrigin } from '../commands/origin.js';
import { decide } from '../commands/decide/decide.js';
import { Deciding, type Decided } from '../commands/decide/deciding.js';
import { basisOf } from '../commands/decide/plans.js';
import { clusterKey, ClusterState, evolve, type RestoredRecord } from '@oakring/model';

/** given(commands).when(command).then: what deciders are specified with. Each command is a commit. */
export interface Given {
  readonly state: ClusterState;
  /** Every event so far. */
  readonly history: readonly StoredEvent[];
  /** Lets commit time pass, milliseconds. */
  pass(ms: number): void;
  /** From now on the clock is so far behind the time of commits, milliseconds. */
  setBack(ms: number): void;
  /** `by`: who orders it; anybody, where none is named. `tokenHash`: as that name's token has it, unless said. */
  when(
    command: Command,
    by?: string,
    tokenHash?: string,
  ): {
    decided: Decided<unknown>;
    events: readonly StoredEvent[];
    types: string[];
  };
}

/** Of what a test submits. */
export const byTest: CommandOrigin = { by: 'api/open', cause: 'request:a test' };

export function given(...commands: readonly Command[]): Given {
  const state = new ClusterState(true);
  const history: StoredEvent[] = [];
  let position = 0;
  let passedMs = 0;
  let behindMs = 0;
  const cluster: Given = {
    state,
    history,
    pass(ms) {
      passedMs += ms;
    },
    setBack(ms) {
      behindMs = ms;
    },
    when(command, by = byTest.by, tokenHash = hashOfCaller(state, by)) {
      position += 1;
      const at = 1_700_000_000_000 + passedMs + position;
      const deciding = new Deciding(state, position, at, at - behindMs);
      deciding.origin = { ...byTest, by, ...(tokenHash === undefined ? {} : { tokenHash }) };
      const decided = decide(deciding, command);
      history.push(...deciding.events);
      return {
        decided,
        events: deciding.events,
        types: deciding.events.map((event) => event.type),
      };
    },
  };
  for (const command of commands) cluster.when(command);
  return cluster;
}

function hashOfCaller({ tokens }: ClusterState, by: string): string | undefined {
  return tokens.get(callerIn(by) ?? '')?.hash;
}

export function registration(body: Record<string, unknown> = {}): Registration {
  const parsed = parseRegistration({ id: 'n1', name: 'n1', ip: '10.0.0.1', port: 1, ...body });
  if (!parsed.ok) throw new Error(parsed.refusal.detail);
  return parsed.value;
}

export function registerNode(
  id: string,
  body: Record<string, unknown> = {},
): Extract<Command, { type: 'RegisterNode' }> {
  return {
    type: 'RegisterNode',
    registration: registration({ id, name: id, ...body }),
    token: 'absent',
  };
}

export function jobDocument(body: Record<string, unknown> = {}): JobDocument {
  return jobOf({ name: 'web', image: 'web:1', technology: 'docker', ...body });
}

export function submitJob(
  id: string,
  body: Record<string, unknown> = {},
): Extract<Command, { type: 'SubmitJob' }> {
  const job = jobDocument({ id, ...body });
  return { type: 'SubmitJob', id, job, bodyHash: hashOf(job.document) };
}

/** A root's order of one instance. */
export function orderInstance(
  id: string,
  instance: number,
  body: Record<string, unknown> = {},
): Extract<Command, { type: 'OrderInstance' }> {
  const job = jobDocument({ id, ...body });
  return { type: 'OrderInstance', id, job, bodyHash: hashOf(job.document), instance, root: null };
}

function hashOf(body: unknown): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}

/** A scheduler's answer that proposes these nodes, in order. */
export function proposal(
  nodeIds: readonly string[],
  refusal: ScheduleAnswer['refusal'] = null,
): ScheduleAnswer {
  return {
    workers: nodeIds,
    job: { id: 'ignored' },
    placements: nodeIds.map((nodeId) => ({
      nodeId,
      reason: `because ${nodeId}`,
      total: 50,
      scores: { leastAllocated: 50 },
    })),
    refusal,
    policy: 'test',
    seed: 1,
    considered: { nodes: nodeIds.length, feasible: nodeIds.length, filtered: {} },
    positions: { ledger: 1, telemetry: 0 },
  };
}

export function plan(id: string, ...nodeIds: string[]): Extract<Command, { type: 'ApplyPlan' }> {
  return { type: 'ApplyPlan', id, answer: proposal(nodeIds) };
}

export function ack(
  nodeId: string,
  commandId: string,
  phase: 'received' | 'progress' | 'succeeded' | 'failed',
  reason: string | null = null,
): Extract<Command, { type: 'RecordAck' }> {
  return {
    type: 'RecordAck',
    nodeId,
    ack: { commandId, generation: null, phase, reason, incarnation: null },
  };
}

/** Id of the newest command of a kind to a node. */
export function commandTo(cluster: Given, nodeId: string, kind: string): string {
  let found = '';
  for (const command of cluster.state.commands.values()) {
    if (command.nodeId === nodeId && command.kind === kind) found = command.id;
  }
  return found;
}

/** What a worker says that it has: `<job>/<instance>/<generation>` with a status. */
export function report(
  nodeId: string,
  has: Readonly<Record<string, ReportedInstance['status']>> = {},
  more: Partial<WorkerState> & {
    readonly proves?: boolean;
    readonly runningMs?: number;
    readonly health?: HealthStatus | null;
  } = {},
): Extract<Command, { type: 'ReconcileNode' }> {
  const { proves = false, runningMs = null, health: is = null, ...state } = more;
  const health =
    is === null ? null : { status: is, reason: is === 'unhealthy' ? 'ill' : null, forMs: 0 };
  const instances = Object.entries(has).map(([key, status]) => {
    const [job = '', instance, generation] = key.split('/');
    const address = { job, instance: Number(instance), generation: Number(generation) };
    return { ...address, status, reason: null, runningMs, health };
  });
  return {
    type: 'ReconcileNode',
    nodeId,
    state: { incarnation: null, requestId: null, instances, ...state },
    provesAbsence: proves,
  };
}

/** An acknowledging worker whose (empty) state is reconciled. */
export function ready(nodeId: string, body: Record<string, unknown> = {}): Command[] {
  return [registerNode(nodeId, { acknowledges: true, ...body }), report(nodeId)];
}

/** Job `j` runs its instances on these nodes, in order, acknowledged. */
export function running(job: Record<string, unknown>, ...nodeIds: string[]): Given {
  const can = {
    enforcesStop: true,
    features: ['docker:health', 'docker:low-ports', 'docker:ports'],
  };
  const nodes = [...new Set(nodeIds)].flatMap((id) => ready(id, can));
  const cluster = given(...nodes, submitJob('j', { count: nodeIds.length, ...job }));
  cluster.when(plan('j', ...nodeIds));
  acknowledgeAll(cluster);
  return cluster;
}

/** Every order that is open is acknowledged as done. */
export function acknowledgeAll(cluster: Given): void {
  for (const { id, nodeId, status } of [...cluster.state.commands.values()]) {
    if (status !== 'ended') cluster.when(ack(nodeId, id, 'succeeded'));
  }
}

/** A node falls silent, and what was there is lost. */
export function lose(cluster: Given, nodeId: string): ReturnType<Given['when']> {
  const { incarnation = 1 } = cluster.state.nodes.get(nodeId) ?? {};
  cluster.when({ type: 'ObserveNode', nodeId, incarnation, seen: 'silent', reason: 'silent' });
  return cluster.when({
    type: 'DeclareLost',
    nodeId,
    placements: [...cluster.state.placementsOfNode.of(nodeId)],
    reason: `${nodeId} was not ready`,
  });
}

/** What a node has is withdrawn from it, to be placed anew: it was drained by force. */
export function withdrawFrom(cluster: Given, nodeId: string): ReturnType<Given['when']> {
  const order = { do: 'drain', withinMs: 0, force: true } as const;
  cluster.when({ type: 'OrderNode', id: nodeId, order });
  const end = { type: 'EndDrain', id: nodeId, outcome: 'incomplete', reason: 'r' } as const;
  const withdrawn = cluster.when(end);
  cluster.when({ type: 'OrderNode', id: nodeId, order: { do: 'uncordon' } });
  return withdrawn;
}

/** An instance of `j` is replaced by one of the newest revision on this node. */
export function replace(
  cluster: Given,
  nodeId: string,
  found: {
    readonly generation?: number;
    readonly revision?: number;
    readonly reason?: string;
  } = {},
): ReturnType<Given['when']> {
  return cluster.when({
    ...({ type: 'ReplaceInstance', id: 'j', instance: 0, reason: 'update' } as const),
    generation: instanceOf(cluster)?.generation ?? 0,
    revision: cluster.state.jobs.get('j')?.revision ?? 0,
    ...found,
    target: { nodeId, reason: `because ${nodeId}`, total: 1, scores: {} },
    basis: basisOf(proposal([nodeId])),
  });
}

/** One of the newest revision is started beside an instance of `j` on this node. */
export function beside(
  cluster: Given,
  nodeId: string,
  {
    number = 0,
    ...found
  }: { readonly number?: number; readonly generation?: number; readonly revision?: number } = {},
): ReturnType<Given['when']> {
  return cluster.when({
    ...({ type: 'SurgeInstance', id: 'j', instance: number } as const),
    generation: instanceOf(cluster, number)?.generation ?? 0,
    revision: cluster.state.jobs.get('j')?.revision ?? 0,
    ...found,
    target: { nodeId, reason: `because ${nodeId}`, total: 1, scores: {} },
    basis: basisOf(proposal([nodeId])),
  });
}

/** The orders to stop what is not wanted, as the stop loop gives them. */
export function orderStops(cluster: Given): ReturnType<Given['when']> {
  return cluster.when({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
}

export function instanceOf(cluster: Given, number = 0) {
  return cluster.state.instances.get(`j/${number}`);
}

/** From here on the cluster is one of a restored ledger, in the first term since; it was founded as `c-1`. */
export function restoredAs(cluster: Given, more: Partial<RestoredRecord> = {}): Given {
  const [epoch, restoredIn] = [9, 5];
  const restored = {
    ...{
      position: cluster.history.at(-1)?.position ?? 0,
      epoch: restoredIn,
      generationsAbove: 1_000,
    },
    ...{ takenUp: { epoch, at: 0 }, ...more },
  };
  const facts = { clusterId: 'c-1', name: 'n', location: '', storm: null, catalogue: null };
  const unsaid = { root: null, keyEvents: 0, unheardSince: null };
  cluster.state.cluster.set(clusterKey, { ...facts, ...unsaid, epoch, restored });
  return cluster;
}

/** The same, with the event that says so; `atMs`: of its commit. */
export function restoredOnRecord(cluster: Given, atMs: number): Given {
  const position = (cluster.history.at(-1)?.position ?? 0) + 1;
  restoredAs(cluster);
  evolve(cluster.state, {
    stream: 'cluster',
    type: 'LedgerRestored',
    data: { position: 1, hash: 'f', generationsAbove: 1 },
    ...{ position, index: 0, version: 0, at: atMs, by: 'restore', cause: 'c' },
  });
  return cluster;
}
