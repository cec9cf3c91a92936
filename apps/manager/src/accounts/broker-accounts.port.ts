import type { Refusal } from '@oakring/contracts';

/**
 * The accounts of nodes at a broker of the operator's own, which does not read the ledger: who joins is let in there by
 * an account of its own, and who is revoked has none. Whatever else the broker has accounts for is not touched.
 */
export interface BrokerAccounts {
  /**
   * Why no node can be called so: it is the name of an account that is no node's of this cluster (`node-id-taken`). Null:
   * it is free, or our node's. Rejects with `broker-unreachable`.
   */
  whyTaken(nodeId: string): Promise<Refusal | null>;
  /**
   * Resolves once the broker lets the node in by this secret and by no other. Rejects with `broker-unreachable` where it
   * cannot be had now, and with `node-id-taken` where the name is that of an account that is no node's.
   */
  keep(nodeId: string, secret: string): Promise<void>;
  /**
   * Ends the accounts of nodes that stand no more, with their connections; resolves with whose they were. Never beside a
   * `keep`: whoever is kept before stands by then. Rejects with `broker-unreachable`.
   */
  sweep(stands: (nodeId: string) => boolean): Promise<readonly string[]>;
}
