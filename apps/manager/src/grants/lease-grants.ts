import { topicOf, type LeaseGrant } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { DownLink } from '../outbox/down-link.port.js';
import { leadershipOf } from '../views/ordered-document.js';
import type { Projection } from '../views/projection.js';

/**
 * Answers readings of nodes that run something that must never run twice (design §5, lease). A node
 * is granted nothing while anything of that kind there is lost, unwanted or unexplained: a grant is
 * for the whole node, and would keep that alive as well.
 */
export class LeaseGrants {
  private readonly lastMs = new Map<string, number>();

  constructor(
    private readonly link: DownLink,
    private readonly projection: Projection,
    private readonly ports: Ports,
  ) {}

  /** Monotonic milliseconds of the last grant to a node; null: none in this term. */
  lastGrantMs(nodeId: string): number | null {
    return this.lastMs.get(nodeId) ?? null;
  }

  /** A reading was taken. `incarnation` and `sequence` are null where the worker does not say them. */
  answer(nodeId: string, incarnation: number | null, sequence: number | null): void {
    const { state } = this.projection;
    if (state.leasedOfNode.sizeOf(nodeId) === 0 || sequence === null) return;
    const node = state.nodes.get(nodeId);
    if (node?.status !== 'ready' || !this.link.connected) return;
    if (incarnation !== null && incarnation !== node.incarnation) return;
    for (const key of state.leasedOfNode.of(nodeId)) {
      if (state.placements.get(key)?.wanted !== true) return;
    }
    const { incarnation: granted } = node;
    const grant: LeaseGrant = { incarnation: granted, sequence, ...leadershipOf(state) };
    // Counted before it is sent, whether or not it arrives: late is safe, early is not.
    this.lastMs.set(nodeId, this.ports.clock.monotonicMs());
    this.link.publish(topicOf(nodeId, 'leases'), JSON.stringify(grant), { qos: 0 }).catch(() => {
      // The next reading is answered again.
    });
  }
}
