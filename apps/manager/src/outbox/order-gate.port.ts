import type { CommandRecord } from '@oakring/model';

/** Whether an order may be sent now, for workers that cannot say what became of the one before. */
export interface OrderGate {
  maySend(command: CommandRecord): boolean;
  /** Whether an order to this node may have to wait, and may go once something changes there. */
  guards(nodeId: string): boolean;
  /** Calls back with a node of which an order that had to wait may go now, by what is in no view. */
  onOpening(listener: (nodeId: string) => void): void;
  /** It is about to be sent. */
  sending(command: CommandRecord): void;
  /** It could not be sent, as far as we know. */
  unsent(command: CommandRecord): void;
  /** It reached the broker, which says that nobody listens for it. */
  unheard(command: CommandRecord): void;
  /** A node is gone. */
  forget(nodeId: string): void;
}
