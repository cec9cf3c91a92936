import type { LeaseGrant } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { DownLink } from '../outbox/down-link.port.js';
import { leadershipOf, restoredOf, type NodeRecord } from '@oakring/model';
import type { Projection } from '../views/projection.js';

/** Monotonic: since when nothing can live on a grant of a lost leader any more; see `RestoredHold`. */
type StartsFrom = (leaseMs: number | null) => number;

/** How much longer than a lease is waited before something may run elsewhere. */
export const leaseMarginMs = 5_000;

interface Granted {
  readonly incarnation: number;
  readonly atMs: number;
}

/**
 * Answers readings of nodes that run something that must never run twice (docs/native-protocol.md,
 * leases). A node is granted nothing while anything of that kind there is lost, unwanted or unexplained:
 * a grant is for the whole node, and would keep that alive as well. Nor while a start that still spoke
 * when its node's present one took over (a copied data folder) may live on its own last grant.
 */
export class LeaseGrants {
  private readonly last = new Map<string, Granted>();
  private readonly beganMs: number;
  /** Which start of each node there was when we began: of a restored ledger, by its word. */
  private readonly begunWith: ReadonlyMap<string, number>;

  constructor(
    private readonly link: DownLink,
    private readonly projection: Projection,
    private readonly ports: Ports,
    private readonly startsFromMs: StartsFrom = () => 0,
  ) {
    this.beganMs = ports.clock.monotonicMs();
    const { state } = projection;
    const nodes = restoredOf(state) === null ? [] : [...state.nodes.values()];
    this.begunWith = new Map(nodes.map(({ id, incarnation }) => [id, incarnation]));
  }

  /** Monotonic milliseconds of the last grant to a node; null: none in this term. */
  lastGrantMs(nodeId: string): number | null {
    return this.last.get(nodeId)?.atMs ?? null;
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
    if (this.mayRunBeside(node) || this.mayRunElsewhere(node)) return;
    const { incarnation: granted } = node;
    const grant: LeaseGrant = { incarnation: granted, sequence, ...leadershipOf(state) };
    // Counted before it is sent, whether or not it arrives: late is safe, early is not.
    const atMs = this.ports.clock.monotonicMs();
    this.last.set(nodeId, { incarnation: node.incarnation, atMs });
    this.link.send(nodeId, { what: 'grant', said: grant }).catch(() => {
      // The next reading is answered again.
    });
  }

  /** Whether the start before may live on a grant of its own: it was alive when this one took over. */
  private mayRunBeside({ id, incarnation, tookOverAt }: NodeRecord): boolean {
    const last = this.last.get(id);
    if (tookOverAt === null || last?.incarnation === incarnation) return false;
    const windowMs = this.longestLeaseMs(id) + leaseMarginMs;
    const { clock } = this.ports;
    if (last !== undefined) return clock.monotonicMs() < last.atMs + windowMs;
    // A leader before us may have granted: no longer ago than the take-over, nor than our beginning.
    const isRecent = clock.wallMs() < tookOverAt + windowMs;
    return isRecent && clock.monotonicMs() < this.beganMs + windowMs;
  }

  /**
   * A start that the restored ledger does not know would begin what it was to run, which may have been given to
   * another node since the backup.
   */
  private mayRunElsewhere({ id, incarnation }: NodeRecord): boolean {
    if (this.begunWith.size === 0 || this.begunWith.get(id) === incarnation) return false;
    return this.ports.clock.monotonicMs() < this.startsFromMs(this.longestLeaseMs(id));
  }

  private longestLeaseMs(nodeId: string): number {
    const { state } = this.projection;
    let longestMs = 0;
    for (const key of state.leasedOfNode.of(nodeId)) {
      longestMs = Math.max(longestMs, state.placements.get(key)?.leaseMs ?? 0);
    }
    return longestMs;
  }
}
