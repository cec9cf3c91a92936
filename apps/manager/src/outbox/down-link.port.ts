import type { Refusal } from '@oakring/contracts';
import type { Order } from '../wires/dialect.port.js';

/** The way down to workers: the manager's broker connection, or a simulated one. */
export interface DownLink {
  readonly connected: boolean;
  /** Monotonic: since when it has been up, as its listeners were told; null: it is down. */
  readonly upSinceMs: number | null;
  /**
   * Resolves with null once the broker has it, with `unheard` where it says that nobody got it, or with why
   * it can never be sent as it is; rejects when the link is down or breaks before.
   */
  send(nodeId: string, order: Order): Promise<Refusal | 'unheard' | null>;
  /** After each SUBACK of our subscriptions. */
  onUp(listener: () => void): void;
  onDown(listener: () => void): void;
}
