import { amountOf, errorCatalogue, resourceNames, type ResourceName } from '@oakring/contracts';
import { planRefusalCodes } from '@oakring/contracts/http';
import {
  instanceKey,
  mayStart,
  refusalCodeOf,
  type ClusterState,
  type CommandRecord,
  type InstanceRecord,
  type NodeRecord,
} from '@oakring/model';
import type { TelemetryReader } from '../../telemetry/telemetry-table.js';
import { crashLoopFrom, isUnreachable, shownStatus } from '../job-answer.js';

type Counts = ReadonlyMap<string, number>;

/** What is counted of the whole cluster at once. */
export interface Census {
  readonly nodes: Counts;
  readonly overcommitted: number;
  readonly capacity: Amounts;
  readonly reserved: Amounts;
  /** Of the resources that readings tell, by nodes that sent one. */
  readonly used: Amounts;
  /** As they are shown, by status. */
  readonly instances: Counts;
  /** By what their workers' checks have come to; those of which nothing was said are left out. */
  readonly health: Counts;
  readonly crashLooping: number;
  readonly givenUp: number;
  /** By why they wait. */
  readonly pending: Counts;
  /** Commit time; null: nothing is pending. */
  readonly pendingSince: number | null;
  readonly drifted: number;
  /** The same; null: nothing drifts. */
  readonly driftSince: number | null;
  /** Orders that have not ended, by what they are. */
  readonly orders: Counts;
}

export type Amounts = ReadonlyMap<ResourceName, number>;

interface Read {
  readonly state: ClusterState;
  readonly telemetry: Pick<TelemetryReader, 'latest'>;
  /** Since when a node has shown what nobody ordered. */
  readonly unexpectedSince: (nodeId: string) => number;
}

/**
 * Counts all of it, once for everything that is shown: it goes through nodes and instances one time each, and
 * for the rest through what is pending or ordered. `npm run bench metrics` says what that takes.
 */
export function takeCensus(read: Read): Census {
  const { state } = read;
  const drift = new Drift(state);
  const { unheard, ...nodes } = countNodes(read, drift);
  const orders = countOrders(state, drift);
  drift.countUnordered();
  return {
    ...nodes,
    ...countInstances(state, unheard),
    health: countHealth(state),
    ...countPending(state),
    orders,
    drifted: drift.count,
    driftSince: drift.since,
  };
}

function countNodes({ state, telemetry, unexpectedSince }: Read, drift: Drift) {
  const nodes = new Map<string, number>();
  const [capacity, reserved] = [resourceNames.map(() => 0), resourceNames.map(() => 0)];
  const used = new Map<ResourceName, number>();
  const unheard = new Set<string>();
  let overcommitted = 0;
  for (const node of state.nodes.values()) {
    increase(nodes, node.status);
    if (isUnreachable(node)) unheard.add(node.id);
    if (addAmounts(node, capacity, reserved)) overcommitted += 1;
    addUse(used, node, telemetry);
    if (node.unexpected.length > 0) drift.countUnexpected(node, unexpectedSince(node.id));
  }
  const sums = { capacity: byName(capacity), reserved: byName(reserved) };
  return { nodes, unheard, ...sums, used, overcommitted };
}

/** True: more of something is reserved than there is. */
function addAmounts(node: NodeRecord, capacity: number[], reserved: number[]): boolean {
  let isOvercommitted = false;
  resourceNames.forEach((name, at) => {
    const [has, gives] = [amountOf(node.capacity, name), amountOf(node.reserved, name)];
    capacity[at] = (capacity[at] ?? 0) + has;
    reserved[at] = (reserved[at] ?? 0) + gives;
    isOvercommitted ||= gives > has;
  });
  return isOvercommitted;
}

function byName(sums: readonly number[]): Amounts {
  return new Map(resourceNames.map((name, at) => [name, sums[at] ?? 0]));
}

function addUse(
  sums: Map<ResourceName, number>,
  { id, capacity }: NodeRecord,
  telemetry: Read['telemetry'],
): void {
  const reading = telemetry.latest(id);
  if (reading === null) return;
  const { cpuMillis, memoryMiB } = capacity;
  sums.set('cpuMillis', (sums.get('cpuMillis') ?? 0) + (cpuMillis * reading.cpu) / 100);
  sums.set('memoryMiB', (sums.get('memoryMiB') ?? 0) + (memoryMiB * reading.memory) / 100);
}

function countInstances(state: ClusterState, unheard: ReadonlySet<string>) {
  const counts = new Map<string, { count: number }>();
  let crashLooping = 0;
  let givenUp = 0;
  for (const instance of state.instances.values()) {
    const { status, nodeId, failures } = instance;
    // To ask for the node of each one costs more than all else.
    const isUnheard = unheard.size > 0 && nodeId !== null && unheard.has(nodeId);
    const shown = isUnheard ? shownStatus(state, instance) : status;
    const known = counts.get(shown);
    if (known === undefined) counts.set(shown, { count: 1 });
    else known.count += 1;
    if (failures >= crashLoopFrom) crashLooping += 1;
    if (instance.givenUp) givenUp += 1;
  }
  const instances = new Map(Array.from(counts, ([status, { count }]) => [status, count]));
  return { instances, crashLooping, givenUp };
}

function countHealth({ spokenHealth, placements }: ClusterState): Counts {
  const counts = new Map<string, number>([
    ['healthy', 0],
    ['unhealthy', 0],
  ]);
  for (const key of spokenHealth) {
    const { wanted = false, health } = placements.get(key) ?? {};
    if (wanted && health !== undefined) increase(counts, health.status);
  }
  return counts;
}

function countPending(state: ClusterState) {
  const pending = new Map<string, number>();
  let pendingSince: number | null = null;
  for (const job of state.jobsWithPending) {
    for (const key of state.pendingOfJob.of(job)) {
      const instance = state.instances.get(key);
      if (instance === undefined) continue;
      increase(pending, whyPending(state, instance));
      pendingSince = Math.min(pendingSince ?? Infinity, instance.since);
    }
  }
  return { pending, pendingSince };
}

function whyPending(state: ClusterState, instance: InstanceRecord): string {
  const code = refusalCodeOf(instance);
  if (code !== null) return knownCode(code);
  const job = state.jobs.get(instance.job);
  const key = instanceKey(instance.job, instance.number);
  return job === undefined || mayStart(state, job, key) ? 'undecided' : 'waits-for-end';
}

const knownCodes: ReadonlySet<string> = new Set([
  ...planRefusalCodes,
  ...Object.keys(errorCatalogue),
]);

/** The ledger may hold any text where a code is to be: a label may not. */
export function knownCode(code: string): string {
  return knownCodes.has(code) ? code : 'other';
}

function countOrders(state: ClusterState, drift: Drift): Counts {
  const { unsentOfNode, receivedOfNode, commands } = state;
  const orders = new Map(['deploy', 'replicate', 'move', 'delete'].map((kind) => [kind, 0]));
  for (const open of [unsentOfNode, receivedOfNode]) {
    for (const nodeId of open.names()) {
      for (const id of open.of(nodeId)) {
        const command = commands.get(id);
        if (command === undefined) continue;
        increase(orders, command.kind);
        drift.countOrder(command);
      }
    }
  }
  return orders;
}

/**
 * What is wanted of a ready node and not known to run there, and what is there and not wanted: it was ordered
 * and has not ended, or is to be ordered. Of a node that nobody hears nothing is known.
 */
class Drift {
  count = 0;
  since: number | null = null;

  constructor(private readonly state: ClusterState) {}

  /** Those that have a placement are counted with its order. */
  countUnexpected({ unexpected, status }: NodeRecord, since: number): void {
    if (status !== 'ready') return;
    for (const key of unexpected) {
      if (this.state.placements.get(key) === undefined) this.add(since);
    }
  }

  /** A move tells its source only. */
  countOrder({ kind, nodeId, issuedAt }: CommandRecord): void {
    if (kind !== 'move' && this.isReady(nodeId)) this.add(issuedAt);
  }

  countUnordered(): void {
    const { unorderedStarts, unorderedStops, placements, instances, head } = this.state;
    for (const keys of [unorderedStarts, unorderedStops]) {
      for (const key of keys) {
        const placement = placements.get(key);
        if (placement === undefined || !this.isReady(placement.nodeId)) continue;
        const { job, number } = placement;
        this.add(instances.get(instanceKey(job, number))?.since ?? head.at);
      }
    }
  }

  private isReady(nodeId: string): boolean {
    return this.state.nodes.get(nodeId)?.status === 'ready';
  }

  private add(since: number): void {
    this.count += 1;
    this.since = Math.min(this.since ?? Infinity, since);
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
