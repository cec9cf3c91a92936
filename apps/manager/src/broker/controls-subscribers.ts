/** Which connections listen to which nodes' orders: whose end may mean that a worker is gone. */
export class ControlsSubscribers<C> {
  private readonly nodesOf = new Map<C, Set<string>>();
  private readonly connectionsOf = new Map<string, number>();

  constructor(
    /** The node whose orders a filter asks for; null for any other filter. */
    private readonly nodeOf: (filter: string) => string | null,
  ) {}

  subscribed(connection: C, filter: string): void {
    const nodeId = this.nodeOf(filter);
    if (nodeId === null) return;
    const nodes = this.nodesOf.get(connection) ?? new Set();
    if (nodes.has(nodeId)) return;
    this.nodesOf.set(connection, nodes.add(nodeId));
    this.connectionsOf.set(nodeId, (this.connectionsOf.get(nodeId) ?? 0) + 1);
  }

  unsubscribed(connection: C, filter: string): void {
    const nodeId = this.nodeOf(filter);
    if (nodeId !== null && this.nodesOf.get(connection)?.delete(nodeId) === true) {
      this.leave(nodeId);
    }
  }

  /** The connection ended: the nodes that nobody listens to any more. */
  gone(connection: C): readonly string[] {
    const nodes = [...(this.nodesOf.get(connection) ?? [])];
    this.nodesOf.delete(connection);
    return nodes.filter((nodeId) => this.leave(nodeId) === 0);
  }

  private leave(nodeId: string): number {
    const left = (this.connectionsOf.get(nodeId) ?? 1) - 1;
    if (left === 0) this.connectionsOf.delete(nodeId);
    else this.connectionsOf.set(nodeId, left);
    return left;
  }
}
