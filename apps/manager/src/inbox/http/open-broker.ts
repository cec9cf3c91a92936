import type { JoinedBroker, Refusal } from '@oakring/contracts';

/** Injection token of `OpenBroker`. */
export const OPEN_BROKER = Symbol('OpenBroker');

/** The broker, as it is for workers that come over HTTP. */
export interface OpenBroker {
  /** The port that they reach it at; null while nothing is listening there for them. */
  portToTell(): number | null;
  /** Where nodes speak that have just joined. */
  place(): JoinedBroker;
  /**
   * Why no node can be called so that has not joined: somebody else is, at the broker, the manager itself for one. Null:
   * it can. Rejects with `broker-unreachable` where only the broker knows, and cannot be asked.
   */
  whyTaken(nodeId: string): Promise<Refusal | null>;
  /**
   * Resolves once the broker lets the node in by this secret. Rejects with `broker-unreachable` where it is to be told and
   * cannot be, and with `node-id-taken` where it knows somebody else by that name.
   */
  letIn(nodeId: string, secret: string): Promise<void>;
  /** When a node was last heard there, milliseconds since 1970. */
  lastHeardMs(nodeId: string): number | null;
}
