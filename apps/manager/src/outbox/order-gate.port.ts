import type { CommandRecord } from '@oakring/model';

/** Whether an order may be sent now, for workers that cannot say what became of the one before. */
export interface OrderGate {
  maySend(command: CommandRecord): boolean;
  /** It is about to be sent. */
  sending(command: CommandRecord): void;
  /** It could not be sent, as far as we know. */
  unsent(command: CommandRecord): void;
  /** A node is gone. */
  forget(nodeId: string): void;
}
