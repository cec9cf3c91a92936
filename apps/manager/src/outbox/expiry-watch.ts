import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import type { Projection } from '../views/projection.js';
import type { CommandRecord } from '@oakring/model';
import { orderValidMs } from './control-message.js';
import type { DownLink } from './down-link.port.js';

const sweepEveryMs = 1_000;

/** An order that was received, and that complete states of its worker deny, gets this long. */
const deniedForMs = 60_000;

/**
 * Orders to start that come to nothing: neither done nor refused within five minutes of the last sign
 * that it goes on; or denied by its worker's complete state once more, a minute after the first time,
 * should nothing but its receipt have been heard meanwhile. Counted while the node is ready and our own link is up only, and anew when either
 * comes back or we start: an order that cannot be sent, or whose answer we cannot hear, does not expire.
 */
export class ExpiryWatch {
  /** Monotonic milliseconds, by command. */
  private readonly deadlines = new Map<string, number>();
  /** Orders under way that a complete state of their worker did not have, and since when. */
  private readonly denied = new Map<string, number>();
  private sweep: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly link: Pick<DownLink, 'connected'>,
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected((events) => this.notice(events));
    for (const command of this.projection.state.commands.values()) this.watch(command);
    this.sweep = this.ports.timers.every(sweepEveryMs, () => this.look());
  }

  stop(): void {
    this.unsubscribe();
    this.sweep?.cancel();
  }

  /** The worker says that it goes on (an image is being pulled). */
  renew(commandId: string): void {
    if (!this.deadlines.has(commandId)) return;
    this.denied.delete(commandId);
    this.deadlines.set(commandId, this.fromNowMs());
  }

  private fromNowMs(): number {
    return this.ports.clock.monotonicMs() + orderValidMs;
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'CommandReopened':
          if (this.deadlines.has(event.data.commandId)) this.deny(event.data.commandId);
          else this.watchById(event.data.commandId);
          break;
        case 'CommandReceived':
          if (!this.denied.has(event.data.commandId)) this.watchById(event.data.commandId);
          break;
        case 'CommandIssued':
          this.watchById(event.data.commandId);
          break;
        case 'CommandDelivered':
        case 'CommandSucceeded':
        case 'CommandFailed':
        case 'CommandExpired':
        case 'CommandSuperseded':
          this.forget(event.data.commandId);
          break;
        default:
          break;
      }
    }
  }

  /** Ordered again while it was under way: its worker does not have it. */
  private deny(commandId: string): void {
    const nowMs = this.ports.clock.monotonicMs();
    const sinceMs = this.denied.get(commandId);
    if (sinceMs === undefined) {
      this.denied.set(commandId, nowMs);
      this.deadlines.set(commandId, this.fromNowMs());
    } else if (nowMs - sinceMs >= deniedForMs) {
      this.deadlines.set(commandId, nowMs);
    }
  }

  private forget(commandId: string): void {
    this.deadlines.delete(commandId);
    this.denied.delete(commandId);
  }

  private watchById(commandId: string): void {
    const command = this.projection.state.commands.get(commandId);
    if (command !== undefined) this.watch(command);
  }

  private watch({ id, kind, status }: CommandRecord): void {
    if (kind !== 'deploy' && kind !== 'replicate') return;
    if (status === 'issued' || status === 'received') this.deadlines.set(id, this.fromNowMs());
  }

  private look(): void {
    const nowMs = this.ports.clock.monotonicMs();
    const { state } = this.projection;
    const isBlind = !this.link.connected;
    for (const [commandId, atMs] of this.deadlines) {
      const command = state.commands.get(commandId);
      if (command === undefined || command.status === 'ended') {
        this.forget(commandId);
      } else if (isBlind || state.nodes.get(command.nodeId)?.status !== 'ready') {
        this.denied.delete(commandId);
        this.deadlines.set(commandId, this.fromNowMs());
      } else if (atMs <= nowMs) {
        this.expire(command);
      }
    }
  }

  private expire({ id: commandId, status, nodeId }: CommandRecord): void {
    const reason = this.reasonOf(commandId, nodeId, status);
    const nextMs = this.fromNowMs();
    this.deadlines.set(commandId, nextMs);
    const order = { type: 'ExpireCommand', commandId, reason } as const;
    // Renewed while the log stalled: it goes on after all.
    const stillTrue = (): boolean => this.deadlines.get(commandId) === nextMs;
    this.queue.submit<'ExpireCommand'>(order, undefined, stillTrue).catch(() => {
      // The log is away or we are stopping: the next deadline tries again.
    });
  }

  private reasonOf(commandId: string, nodeId: string, status: CommandRecord['status']): string {
    const deniedMs = this.ports.clock.monotonicMs() - (this.denied.get(commandId) ?? Infinity);
    if (deniedMs >= deniedForMs) {
      const seconds = Math.round(deniedMs / 1000);
      return `${nodeId} received it, and its own complete state has been without it for ${seconds} s`;
    }
    const minutes = orderValidMs / 60_000;
    return status === 'issued'
      ? `${nodeId} did not receive it within ${minutes} minutes`
      : `${nodeId} received it and said nothing more for ${minutes} minutes`;
  }
}
