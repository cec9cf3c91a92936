import type { JoinedBroker } from '@oakring/contracts';

/** Injection token of `OpenBroker`. */
export const OPEN_BROKER = Symbol('OpenBroker');

/** The broker, as it is for workers that come over HTTP. */
export interface OpenBroker {
  /** The port that they reach it at; null while nothing is listening there for them. */
  portToTell(): number | null;
  /** Where nodes speak that have just joined. */
  place(): JoinedBroker;
  /** When a node was last heard there, milliseconds since 1970. */
  lastHeardMs(nodeId: string): number | null;
}
