import type { StoredEvent } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import type { Projection } from '../views/projection.js';
import type { CommandRecord } from '../views/records.js';
import { orderValidMs } from './control-message.js';
import type { DownLink } from './down-link.port.js';

const sweepEveryMs = 1_000;

/**
 * Orders to start that come to nothing: neither done nor refused within five minutes of the last sign
 * that it goes on. Counted while the node is ready and our own link is up only, and anew when either
 * comes back or we start: an order that cannot be sent, or whose answer we cannot hear, does not expire.
 */
export class ExpiryWatch {
  /** Monotonic milliseconds, by command. */
  private readonly deadlines = new Map<string, number>();
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
    if (this.deadlines.has(commandId)) this.deadlines.set(commandId, this.fromNowMs());
  }

  private fromNowMs(): number {
    return this.ports.clock.monotonicMs() + orderValidMs;
  }

  private notice(events: readonly StoredEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'CommandIssued':
        case 'CommandReopened':
        case 'CommandReceived': {
          const command = this.projection.state.commands.get(event.data.commandId);
          if (command !== undefined) this.watch(command);
          break;
        }
        case 'CommandDelivered':
        case 'CommandSucceeded':
        case 'CommandFailed':
        case 'CommandExpired':
        case 'CommandSuperseded':
          this.deadlines.delete(event.data.commandId);
          break;
        default:
          break;
      }
    }
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
        this.deadlines.delete(commandId);
      } else if (isBlind || state.nodes.get(command.nodeId)?.status !== 'ready') {
        this.deadlines.set(commandId, this.fromNowMs());
      } else if (atMs <= nowMs) {
        this.expire(command);
      }
    }
  }

  private expire({ id: commandId, status, nodeId }: CommandRecord): void {
    const nextMs = this.fromNowMs();
    this.deadlines.set(commandId, nextMs);
    const minutes = orderValidMs / 60_000;
    const reason =
      status === 'issued'
        ? `${nodeId} did not receive it within ${minutes} minutes`
        : `${nodeId} received it and said nothing more for ${minutes} minutes`;
    const order = { type: 'ExpireCommand', commandId, reason } as const;
    // Renewed while the log stalled: it goes on after all.
    const stillTrue = (): boolean => this.deadlines.get(commandId) === nextMs;
    this.queue.submit<'ExpireCommand'>(order, undefined, stillTrue).catch(() => {
      // The log is away or we are stopping: the next deadline tries again.
    });
  }
}
