import type { NodeChanges } from '@oakring/contracts';

/** Where the node view comes from: the manager over HTTP, or a simulated one. */
export abstract class NodeView {
  /** What changed since these positions. Rejects when the manager does not answer. */
  abstract changes(since: number, telemetrySince: number): Promise<NodeChanges>;
}
