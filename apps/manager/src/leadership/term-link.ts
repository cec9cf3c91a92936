import { OakringError, type Refusal } from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import type { BrokerConnection } from '../connection/broker-connection.js';
import type { DownLink } from '../outbox/down-link.port.js';
import type { Order } from '../wires/dialect.port.js';
import type { WorkerLine } from '../wires/worker-line.js';
import type { Lease } from './lease/lease.js';

/** A lease that ran out or came back is noticed by the loops after this long at most. */
const lookEveryMs = 250;

/** What a term needs of the broker connection; a simulation has its own. */
export type TermConnection = Pick<
  BrokerConnection,
  'connected' | 'unreachedMs' | 'onUp' | 'onDown' | 'publish' | 'start' | 'stop'
>;

/**
 * The way down to workers for one term: up while the broker is connected and the lease is held, so
 * that a leader who may have a successor neither speaks nor counts anybody's silence.
 */
export class TermLink implements DownLink {
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners = new Set<() => void>();
  private readonly ways: readonly (() => void)[];
  private readonly timer: Timer;
  private sinceMs: number | null = null;

  constructor(
    private readonly connection: TermConnection,
    private readonly line: Pick<WorkerLine, 'send'>,
    private readonly lease: Lease,
    private readonly ports: Pick<Ports, 'clock' | 'timers'>,
  ) {
    const look = (): void => this.look();
    this.ways = [connection.onUp(look), connection.onDown(look)];
    this.timer = ports.timers.every(lookEveryMs, look);
  }

  get connected(): boolean {
    return this.connection.connected && this.lease.isHeld;
  }

  get upSinceMs(): number | null {
    return this.sinceMs;
  }

  send(nodeId: string, order: Order): Promise<Refusal | 'unheard' | null> {
    if (this.lease.isHeld) return this.line.send(nodeId, order);
    const detail = 'Nothing is sent while our lease is not renewed.';
    return Promise.reject(new OakringError({ code: 'not-leading', detail }));
  }

  onUp(listener: () => void): void {
    this.upListeners.add(listener);
  }

  onDown(listener: () => void): void {
    this.downListeners.add(listener);
  }

  /** The term is over: its loops hear nothing more. */
  detach(): void {
    this.timer.cancel();
    for (const leave of this.ways) leave();
  }

  private look(): void {
    const isUp = this.connected;
    if (isUp === (this.sinceMs !== null)) return;
    this.sinceMs = isUp ? this.ports.clock.monotonicMs() : null;
    for (const listener of isUp ? this.upListeners : this.downListeners) listener();
  }
}
