/**
 * What was sent to a node and what the broker confirmed of it. Answers one question: is a state
 * report that echoes a request known to be younger than every order of the node, so that it proves what
 * is absent (docs/native-protocol.md, state)?
 */
export class DeliveryRecord {
  private readonly nodes = new Map<string, { sent: number; unconfirmed: number }>();
  /** The newest state request of each node, with what had been sent before it. */
  private readonly requests = new Map<string, { requestId: string; sent: number }>();

  sending(nodeId: string): void {
    const node = this.nodes.get(nodeId) ?? { sent: 0, unconfirmed: 0 };
    this.nodes.set(nodeId, { sent: node.sent + 1, unconfirmed: node.unconfirmed + 1 });
  }

  /** The PUBACK of an order. */
  confirmed(nodeId: string): void {
    const node = this.nodes.get(nodeId);
    if (node !== undefined) this.nodes.set(nodeId, { ...node, unconfirmed: node.unconfirmed - 1 });
  }

  /** To be called when a state request is about to be published. */
  requested(nodeId: string, requestId: string): void {
    const node = this.nodes.get(nodeId);
    if (node !== undefined && node.unconfirmed > 0) {
      this.requests.delete(nodeId);
      return;
    }
    this.requests.set(nodeId, { requestId, sent: node?.sent ?? 0 });
  }

  provesAbsence(nodeId: string, requestId: string | null): boolean {
    const request = this.requests.get(nodeId);
    if (request === undefined || request.requestId !== requestId) return false;
    return request.sent === (this.nodes.get(nodeId)?.sent ?? 0);
  }

  /** The link broke: what was unconfirmed stays so for ever; the next orders count anew. */
  linkLost(): void {
    this.nodes.clear();
    this.requests.clear();
  }
}
