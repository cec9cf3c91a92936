import { stateHash, type HashedInstance, type StateRequest } from '@oakring/contracts';
import {
  foundOf,
  Index,
  instanceKey,
  isLeftOver,
  leadershipOf,
  ownerOf,
  type Changes,
  type ClusterState,
  type NodeRecord,
} from '@oakring/model';
import type { Ports } from '@oakring/ports';
import {
  nothing,
  type Doing,
  type Look,
  type Outcome,
  type Process,
  type Seen,
  type Wake,
} from '../supervision/process.js';
import type { DeliveryRecord } from './delivery-record.js';
import type { DownLink } from './down-link.port.js';

/** A node that is not ready, or has what we gave up on, is asked again after this long. */
const unreadyEveryMs = 3_000;
/** A ready one every few minutes: level-triggered, so that any drift is seen. */
const readyEveryMs = 300_000;
/** An order that was received has been going on for this long: its last word may have been lost. */
const unendedAfterMs = 20_000;
/**
 * Whoever is to be asked is asked at a moment drawn from so long, and from longer where there are many:
 * they are spread over time, and what is ordered at the same time is confirmed before.
 */
const spreadMs = 1_000;
const spreadMsPerNode = 2;

/** The newest request of a node. */
interface Asked {
  readonly requestId: string;
  /** What it said that we believe. */
  readonly hash: string | null;
  readonly atMs: number;
  /** It was asked because it spoke. */
  readonly afterWord: boolean;
}

/**
 * Asks workers for their complete state: on registration, after our link came up, while a node is not
 * ready or has what we gave up on, when something that is there has ended by the ledger since, when an order goes
 * on for long, and every few minutes. Workers that
 * do not acknowledge, or show it by themselves, are not asked.
 */
export class StateRequests implements Process<'ask'> {
  readonly name = 'state-requests';
  readonly most = 1;
  readonly mostAtOnce = Number.POSITIVE_INFINITY;
  readonly restMs = 0;
  readonly backoff = null;
  private readonly asked = new Map<string, Asked>();
  /** Nodes that are to be asked at once, and whether because they spoke. */
  private readonly atOnce = new Map<string, { readonly afterWord: boolean }>();
  /** Nodes that have what nobody ordered there, by whose it may be (`<job>/<number>`), and the other way round. */
  private readonly strange = { nodesOf: new Index(), ownersOf: new Map<string, Set<string>>() };
  private wake: Wake = () => {};

  constructor(
    private readonly link: DownLink,
    private readonly state: () => ClusterState,
    private readonly deliveries: DeliveryRecord,
    private readonly ports: Ports,
    /** Whether a node's worker shows what it has by itself, and cannot be asked. */
    private readonly isInferred: (node: NodeRecord) => boolean,
  ) {}

  listen(wake: Wake): void {
    this.wake = wake;
    this.link.onUp(() => wake());
  }

  /** A worker registered: it is asked at once, whatever was said to it before. */
  registered(nodeId: string): void {
    this.askAtOnce(nodeId, false);
  }

  /** A node that is not ready speaks: it is asked at once, and then as often as others that are not. */
  heardAgain(nodeId: string): void {
    const { afterWord = false, atMs = 0 } = this.asked.get(nodeId) ?? {};
    if (afterWord && this.ports.clock.monotonicMs() < atMs + unreadyEveryMs) return;
    this.askAtOnce(nodeId, true);
  }

  /** Whether an answer by hash alone is one to our newest request, with the hash that it asked about. */
  confirms(nodeId: string, requestId: string | null, hash: string): boolean {
    const asked = this.asked.get(nodeId);
    return asked !== undefined && asked.requestId === requestId && asked.hash === hash;
  }

  *all({ nodes }: ClusterState): Generator<string> {
    for (const node of nodes.values()) {
      this.noteStrange(node.id, node);
      yield node.id;
    }
  }

  note({ nodes: changed }: Changes, { nodes }: ClusterState): void {
    for (const id of changed) this.noteStrange(id, nodes.get(id));
  }

  *concerned(changes: Changes, state: ClusterState): Generator<string> {
    const { presences, placements, instances, commands } = changes;
    yield* presences;
    for (const key of placements) {
      const placement = state.placements.get(key);
      if (placement?.lost === true) yield placement.nodeId;
    }
    if (this.strange.ownersOf.size > 0) {
      for (const key of instances) yield* this.strange.nodesOf.of(key);
    }
    for (const id of commands) {
      const { nodeId } = state.commands.get(id) ?? {};
      if (nodeId !== undefined && oldestReceived(nodeId, state) === id) yield nodeId;
    }
  }

  fact(nodeId: string, { nodes }: ClusterState): string | null {
    const node = nodes.get(nodeId);
    if (node?.acknowledges !== true || this.isInferred(node)) return null;
    return `${node.status} since ${node.since}, over the link of ${this.link.upSinceMs}`;
  }

  forget(nodeId: string): void {
    this.asked.delete(nodeId);
    this.atOnce.delete(nodeId);
  }

  look(nodeId: string, state: ClusterState, seen: Seen): Look<'ask'> {
    const node = state.nodes.get(nodeId);
    if (node === undefined || this.link.upSinceMs === null) return nothing;
    const atMs = Math.min(
      this.atOnce.has(nodeId) ? seen.nowMs : Number.POSITIVE_INFINITY,
      this.byStatusMs(node, state, seen),
      this.byOrderMs(node, state, seen),
    );
    if (atMs <= seen.nowMs) return { step: 'ask', againMs: null };
    return { step: null, againMs: Number.isFinite(atMs) ? atMs : null };
  }

  async act([doing]: readonly Doing<'ask'>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { key: nodeId } = doing;
    const asked: Asked = {
      requestId: this.ports.ids.next(),
      hash: believedHash(this.state(), nodeId),
      atMs: this.ports.clock.monotonicMs(),
      afterWord: this.atOnce.get(nodeId)?.afterWord ?? false,
    };
    this.atOnce.delete(nodeId);
    this.asked.set(nodeId, asked);
    try {
      await this.ask(nodeId, asked);
    } catch (error) {
      if (this.asked.get(nodeId) === asked) this.asked.delete(nodeId);
      throw error;
    }
    return 'done';
  }

  private askAtOnce(nodeId: string, afterWord: boolean): void {
    if (this.fact(nodeId, this.state()) === null) return;
    this.atOnce.set(nodeId, { afterWord });
    this.wake([nodeId]);
  }

  private byStatusMs({ id, status }: NodeRecord, state: ClusterState, seen: Seen): number {
    const asked = this.asked.get(id);
    const isNew = asked === undefined || asked.atMs < (this.link.upSinceMs ?? 0);
    if (status === 'lost') return Number.POSITIVE_INFINITY;
    // Whoever registers is asked as he is answered; should that have been missed, soon.
    const isRegistered = status === 'registered';
    const withinMs = Math.max(spreadMs, state.nodes.size * spreadMsPerNode);
    const newMs = seen.sinceMs + (isRegistered ? unreadyEveryMs : seen.share * withinMs);
    if (isNew) return newMs;
    if (status !== 'ready') {
      return asked.atMs < seen.sinceMs ? newMs : asked.atMs + unreadyEveryMs;
    }
    const what = whatIsOver(id, state, this.strange.ownersOf.has(id));
    if (what === null) return asked.atMs + readyEveryMs;
    const overMs = seen.since(what);
    return asked.atMs < overMs ? overMs : asked.atMs + unreadyEveryMs;
  }

  private noteStrange(nodeId: string, node: NodeRecord | undefined): void {
    const { nodesOf, ownersOf } = this.strange;
    const { unexpected = [] } = node ?? {};
    const before = ownersOf.get(nodeId);
    // Of almost every node there is nothing to note.
    if (before === undefined && unexpected.length === 0) return;
    for (const owner of before ?? []) nodesOf.remove(owner, nodeId);
    ownersOf.delete(nodeId);
    if (unexpected.length === 0) return;
    const owners = new Set(unexpected.map(ownerOf));
    ownersOf.set(nodeId, owners);
    for (const owner of owners) nodesOf.add(owner, nodeId);
  }

  private byOrderMs({ id, status }: NodeRecord, state: ClusterState, seen: Seen): number {
    const order = oldestReceived(id, state);
    if (order === undefined || status === 'lost') return Number.POSITIVE_INFINITY;
    const receivedMs = seen.since(`order ${order}`);
    return Math.max(receivedMs, this.asked.get(id)?.atMs ?? 0) + unendedAfterMs;
  }

  private async ask(nodeId: string, { requestId, hash }: Asked): Promise<void> {
    const request: StateRequest = {
      request: 'state',
      requestId,
      ...(hash === null ? {} : { hash }),
      ...leadershipOf(this.state()),
      at: new Date(this.ports.clock.wallMs()).toISOString(),
    };
    this.deliveries.requested(nodeId, requestId);
    await this.link.send(nodeId, { what: 'state-wanted', said: request });
  }
}

/** The order of a node that was received longest ago and has not ended. */
function oldestReceived(nodeId: string, { receivedOfNode }: ClusterState): string | undefined {
  const [oldest] = receivedOfNode.of(nodeId);
  return oldest;
}

/** Why a ready node has to say what it runs, whose answer changes something; null: for nothing that is known. */
function whatIsOver(nodeId: string, state: ClusterState, hasStrange: boolean): string | null {
  if (hasLost(nodeId, state)) return 'has what was lost';
  const { unexpected = [] } = (hasStrange && state.nodes.get(nodeId)) || {};
  return unexpected.some((key) => isLeftOver(state, foundOf(key))) ? 'has what is over' : null;
}

/** It is ready, and what was given up there may run. */
function hasLost(nodeId: string, { placementsOfNode, placements }: ClusterState): boolean {
  for (const key of placementsOfNode.of(nodeId)) {
    if (placements.get(key)?.lost === true) return true;
  }
  return false;
}

/** Hash of what should run on a node; null while something there is under way or not known. */
function believedHash(state: ClusterState, nodeId: string): string | null {
  const believed: HashedInstance[] = [];
  for (const key of state.placementsOfNode.of(nodeId)) {
    const placement = state.placements.get(key);
    if (placement === undefined) continue;
    const { job, number, generation, commandId, digest = null, health = null } = placement;
    const instance = state.instances.get(instanceKey(job, number));
    const isCurrent = instance?.generation === generation && instance.status === 'running';
    const isOpen = commandId !== null && isUnderWay(state.commands.get(commandId)?.status);
    if (!placement.wanted || !isCurrent || !instance.confirmed || isOpen) return null;
    believed.push({ job, instance: number, generation, status: 'running', digest, health });
  }
  return stateHash(believed, (state.nodes.get(nodeId)?.diskFull ?? null) !== null);
}

function isUnderWay(status: string | undefined): boolean {
  return status !== undefined && status !== 'ended' && status !== 'delivered';
}
