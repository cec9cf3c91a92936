import { OakringError } from '@oakring/contracts';
import { nativeDown, topicOf } from '@oakring/contracts/native';
import type { StoredEvent } from '@oakring/events';
import { fullJitterMs, type Ports, type Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import {
  placementKey,
  type ClusterState,
  leadershipOf,
  orderedDocument,
  type CommandRecord,
} from '@oakring/model';

import type { Projection } from '../views/projection.js';
import { controlMessage } from './control-message.js';
import type { DeliveryRecord } from './delivery-record.js';
import type { DownLink } from './down-link.port.js';

/** Received within this long, or sent again. */
const firstRepeatMs = 3_000;
const leastRepeatMs = 1_000;
const mostRepeatMs = 60_000;
const sweepEveryMs = 500;
/** On a worker that does not acknowledge, a delivered `delete` has ended after this long. */
const assumedEndAfterMs = 10_000;

interface Sent {
  attempt: number;
  /** Monotonic time of the next attempt. */
  nextAtMs: number;
}

/**
 * Sends what is ordered. What is to be sent is a fold of the ledger ("issued, and neither received
 * nor ended"), so there is nothing here to lose: only how often it was tried.
 *
 * issued → sent (to a ready node, while connected) → received or ended: forgotten here.
 * Not received in time: sent again with the same commandId, the next attempt, later each time.
 * Without acknowledgements the broker's PUBACK is recorded as delivery; the end of a delivered
 * `delete` is assumed after 10 s. Deadlines begin again after a start: late is safe, early is not.
 */
export class Outbox {
  private readonly sent = new Map<string, Sent>();
  /** Delivered deletes without an acknowledgement to come: when their end is assumed. */
  private readonly assumedAtMs = new Map<string, number>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly link: DownLink,
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly deliveries: DeliveryRecord,
    private readonly ports: Ports,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    this.link.onUp(() => this.sendEverything());
    this.link.onDown(() => {
      this.sent.clear();
      this.deliveries.linkLost();
    });
    for (const command of this.state.commands.values()) this.watchAssumedEnd(command);
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.lookAtDeadlines());
    this.sendEverything();
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  private get state(): ClusterState {
    return this.projection.state;
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'CommandIssued':
        case 'CommandReopened':
          this.sent.delete(event.data.commandId);
          this.assumedAtMs.delete(event.data.commandId);
          this.send(event.data.commandId);
          break;
        case 'CommandDelivered': {
          const command = this.state.commands.get(event.data.commandId);
          if (command !== undefined) this.watchAssumedEnd(command);
          this.sent.delete(event.data.commandId);
          break;
        }
        case 'CommandReceived':
        case 'CommandSucceeded':
        case 'CommandFailed':
        case 'CommandExpired':
        case 'CommandSuperseded':
          this.sent.delete(event.data.commandId);
          this.assumedAtMs.delete(event.data.commandId);
          break;
        case 'NodeBecameReady':
        case 'NodeRegistered':
          this.sendTo(event.stream.slice('nodes/'.length));
          break;
        default:
          break;
      }
    }
  }

  private sendEverything(): void {
    for (const node of this.state.nodes.values()) this.sendTo(node.id);
  }

  private sendTo(nodeId: string): void {
    for (const commandId of this.state.unsentOfNode.of(nodeId)) {
      if (!this.sent.has(commandId)) this.send(commandId);
    }
  }

  /** Publishes one attempt, if the command is still to be sent and its node is ready. */
  private send(commandId: string): void {
    const command = this.state.commands.get(commandId);
    if (command?.status !== 'issued' || !this.link.connected) return;
    if (this.state.nodes.get(command.nodeId)?.status !== 'ready') return;
    const attempt = (this.sent.get(commandId)?.attempt ?? 0) + 1;
    const nowMs = this.ports.clock.monotonicMs();
    this.sent.set(commandId, { attempt, nextAtMs: nowMs + this.repeatAfterMs(attempt) });
    void this.publish(command, attempt);
    if (attempt > 1) this.recordDispatch(commandId, Math.max(attempt, command.attempt + 1));
  }

  private recordDispatch(commandId: string, attempt: number): void {
    this.queue
      .submit<'RecordDispatch'>({ type: 'RecordDispatch', commandId, attempt })
      .catch(() => {
        // It is for the record; the next attempt is counted there.
      });
  }

  private async publish(command: CommandRecord, attempt: number): Promise<void> {
    const nowMs = this.ports.clock.wallMs();
    const message = controlMessage(command, orderedDocument(this.state, command), {
      ...leadershipOf(this.state),
      ...this.digestOf(command),
      attempt,
      nowMs,
    });
    this.deliveries.sending(command.nodeId);
    try {
      const payload = nativeDown.controls.encode(message);
      await this.link.publish(topicOf(command.nodeId, 'controls'), payload, { qos: 1 });
      this.deliveries.confirmed(command.nodeId);
      await this.recordDelivery(command);
    } catch (error) {
      // Else the link broke, or the log did: the sweep or the reconnect sends it again.
      if (error instanceof OakringError && error.code === 'message-too-large') {
        this.deliveries.confirmed(command.nodeId);
        this.fail(command, error.message);
      }
    }
  }

  private digestOf({ job, instance, generation, kind }: CommandRecord): { digest?: string } {
    if (kind !== 'deploy' && kind !== 'replicate') return {};
    const placement = this.state.placements.get(placementKey(job, instance, generation));
    return placement?.digest === undefined ? {} : { digest: placement.digest };
  }

  /** It can never be sent as it is: it fails alone, and says why. */
  private fail({ id: commandId }: CommandRecord, reason: string): void {
    this.queue.submit({ type: 'FailCommand', commandId, reason }).catch(() => {
      // It is sent, and refused, again.
    });
  }

  private async recordDelivery(command: CommandRecord): Promise<void> {
    if (this.state.nodes.get(command.nodeId)?.acknowledges !== false) return;
    await this.queue.submit({ type: 'RecordDelivery', commandId: command.id });
  }

  /** The first repetition comes in time, later ones after a random part of a time that doubles. */
  private repeatAfterMs(attempt: number): number {
    if (attempt === 1) return firstRepeatMs;
    const spread = { firstMs: firstRepeatMs, mostMs: mostRepeatMs };
    return leastRepeatMs + fullJitterMs(attempt, spread, this.ports.randomness);
  }

  private watchAssumedEnd(command: CommandRecord): void {
    if (command.kind !== 'delete' || command.status !== 'delivered') return;
    this.assumedAtMs.set(command.id, this.ports.clock.monotonicMs() + assumedEndAfterMs);
  }

  private lookAtDeadlines(): void {
    const nowMs = this.ports.clock.monotonicMs();
    for (const [commandId, { nextAtMs }] of this.sent) {
      if (nextAtMs > nowMs) continue;
      if (this.state.commands.get(commandId)?.status === 'issued') this.send(commandId);
      else this.sent.delete(commandId);
    }
    for (const [commandId, atMs] of this.assumedAtMs) {
      if (atMs > nowMs) continue;
      this.assumedAtMs.set(commandId, nowMs + assumedEndAfterMs);
      this.queue.submit({ type: 'AssumeEnded', commandId }).catch(() => {
        // Tried again at the next deadline.
      });
    }
  }
}
