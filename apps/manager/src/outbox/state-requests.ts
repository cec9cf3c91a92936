import { stateHash, type HashedInstance, type StateRequest } from '@oakring/contracts';
import { nativeDown, topicOf } from '@oakring/contracts/native';
import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import {
  instanceKey,
  type ClusterState,
  leadershipOf,
  type CommandRecord,
  type NodeRecord,
} from '@oakring/model';
import type { Projection } from '../views/projection.js';
import type { DeliveryRecord } from './delivery-record.js';
import type { DownLink } from './down-link.port.js';

const sweepEveryMs = 1_000;
/** A node that is not ready is asked again after this long. */
const unreadyEveryMs = 3_000;
/** A ready one every few minutes: level-triggered, so that any drift is seen. */
const readyEveryMs = 300_000;
/** An order that was received has been going on for this long: its last word may have been lost. */
const unendedAfterMs = 20_000;
/** Requests a sweep sends at most: thousands of nodes are asked spread over time. */
const maxPerSweep = 500;

/**
 * Asks workers for their complete state: on registration, after our link came up, while a node is
 * not ready, when an order goes on for long, and every few minutes. Workers that do not acknowledge
 * are not asked.
 */
export class StateRequests {
  /** When each node is asked next, monotonic milliseconds. */
  private readonly nextAtMs = new Map<string, number>();
  /** When a node that is not ready is asked again because it speaks, monotonic milliseconds. */
  private readonly heardNextMs = new Map<string, number>();
  /** What the newest request of each node said that we believe. */
  private readonly hashes = new Map<string, { requestId: string; hash: string | null }>();
  /** Orders that were received and are not done, and when their node is asked what became of them. */
  private readonly underWay = new Map<string, { readonly nodeId: string; atMs: number }>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly link: DownLink,
    private readonly projection: Projection,
    private readonly deliveries: DeliveryRecord,
    private readonly ports: Ports,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    for (const command of this.projection.state.commands.values()) this.follow(command);
    this.link.onUp(() => this.nextAtMs.clear());
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.askDue());
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  /** A worker registered: it is asked at once, whatever was said to it before. */
  registered(nodeId: string): void {
    this.ask(nodeId);
  }

  /** A node that is not ready speaks: it is asked at once, and then as often as others that are not. */
  heardAgain(nodeId: string): void {
    const nowMs = this.ports.clock.monotonicMs();
    if ((this.heardNextMs.get(nodeId) ?? 0) > nowMs) return;
    this.heardNextMs.set(nodeId, nowMs + unreadyEveryMs);
    this.ask(nodeId);
  }

  /** Whether an answer by hash alone is one to our newest request, with the hash that it asked about. */
  confirms(nodeId: string, requestId: string | null, hash: string): boolean {
    const asked = this.hashes.get(nodeId);
    return asked !== undefined && asked.requestId === requestId && asked.hash === hash;
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'CommandReceived': {
          const command = this.projection.state.commands.get(event.data.commandId);
          if (command !== undefined) this.follow(command);
          break;
        }
        case 'NodeBecameReady': {
          const nodeId = event.stream.slice('nodes/'.length);
          this.heardNextMs.delete(nodeId);
          this.askAboutLost(nodeId);
          break;
        }
        case 'NodeSuspected':
        case 'NodeStopped':
        case 'NodeDisconnected':
          // It was asked as one that is ready: the next time would be minutes away.
          this.nextAtMs.delete(event.stream.slice('nodes/'.length));
          break;
        case 'NodeForgotten': {
          const nodeId = event.stream.slice('nodes/'.length);
          for (const known of [this.nextAtMs, this.heardNextMs, this.hashes]) known.delete(nodeId);
          break;
        }
        case 'InstanceLost':
          this.askIfPresent(event.data.nodeId);
          break;
        case 'CommandSucceeded':
        case 'CommandFailed':
        case 'CommandExpired':
        case 'CommandReopened':
        case 'CommandSuperseded':
          this.underWay.delete(event.data.commandId);
          break;
        default:
          break;
      }
    }
  }

  /** It gave something up in a last report, and goes on as if it had not: what does it have? */
  private askIfPresent(nodeId: string): void {
    if (this.projection.state.nodes.get(nodeId)?.status === 'ready') this.nextAtMs.delete(nodeId);
  }

  /** Back after a short silence, without a report: what was given up meanwhile may run there. */
  private askAboutLost(nodeId: string): void {
    const { state } = this.projection;
    for (const key of state.placementsOfNode.of(nodeId)) {
      if (state.placements.get(key)?.lost === true) return this.ask(nodeId);
    }
  }

  private follow({ id, nodeId, status }: CommandRecord): void {
    if (status !== 'received') return;
    const atMs = this.ports.clock.monotonicMs() + unendedAfterMs;
    this.underWay.set(id, { nodeId, atMs });
  }

  private askDue(): void {
    if (!this.link.connected) return;
    const nowMs = this.ports.clock.monotonicMs();
    let asked = 0;
    const { commands } = this.projection.state;
    const now = new Set<string>();
    for (const [id, order] of this.underWay) {
      if (order.atMs > nowMs || asked === maxPerSweep) continue;
      // It may have ended with its placement, without a word of its own.
      if (commands.get(id)?.status !== 'received') {
        this.underWay.delete(id);
        continue;
      }
      order.atMs = nowMs + unendedAfterMs;
      if (now.has(order.nodeId)) continue;
      now.add(order.nodeId);
      this.ask(order.nodeId);
      asked += 1;
    }
    for (const node of this.projection.state.nodes.values()) {
      if (asked === maxPerSweep) break;
      if (!node.acknowledges || node.status === 'lost') continue;
      if ((this.nextAtMs.get(node.id) ?? 0) > nowMs) continue;
      this.ask(node.id);
      asked += 1;
    }
  }

  private ask(nodeId: string): void {
    const node = this.projection.state.nodes.get(nodeId);
    if (node === undefined || !node.acknowledges || !this.link.connected) return;
    this.nextAtMs.set(nodeId, this.ports.clock.monotonicMs() + intervalMs(node));
    const requestId = this.ports.ids.next();
    const hash = believedHash(this.projection.state, nodeId);
    const request: StateRequest = {
      request: 'state',
      requestId,
      ...(hash === null ? {} : { hash }),
      ...leadershipOf(this.projection.state),
      at: new Date(this.ports.clock.wallMs()).toISOString(),
    };
    this.deliveries.requested(nodeId, requestId);
    this.hashes.set(nodeId, { requestId, hash });
    this.link
      .publish(topicOf(nodeId, 'requests'), nativeDown.requests.encode(request), { qos: 1 })
      .catch(() => this.nextAtMs.delete(nodeId));
  }
}

function intervalMs(node: NodeRecord): number {
  return node.status === 'ready' ? readyEveryMs : unreadyEveryMs;
}

/** Hash of what should run on a node; null while something there is under way or not known. */
function believedHash(state: ClusterState, nodeId: string): string | null {
  const believed: HashedInstance[] = [];
  for (const key of state.placementsOfNode.of(nodeId)) {
    const placement = state.placements.get(key);
    if (placement === undefined) continue;
    const { job, number, generation, commandId, digest = null } = placement;
    const instance = state.instances.get(instanceKey(job, number));
    const isCurrent = instance?.generation === generation && instance.status === 'running';
    const isOpen = commandId !== null && isUnderWay(state.commands.get(commandId)?.status);
    if (!placement.wanted || !isCurrent || !instance.confirmed || isOpen) return null;
    believed.push({ job, instance: number, generation, status: 'running', digest });
  }
  return stateHash(believed);
}

function isUnderWay(status: string | undefined): boolean {
  return status !== undefined && status !== 'ended' && status !== 'delivered';
}
