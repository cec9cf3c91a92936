import type { NodeChanges } from '@oakring/contracts';

/** Where the node view comes from: the manager over HTTP, or a simulated one. */
export abstract class NodeView {
  /**
   * What changed since these positions; since 0 and 0 it is everything. Rejects, with the reason as
   * its message, when the manager does not answer in time or answers with anything else.
   */
  abstract changes(since: number, telemetrySince: number): Promise<NodeChanges>;
}
