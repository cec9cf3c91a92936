import type { WorkerAccess } from '../wires/access.js';
import type { Admitted } from './door.js';
import type { GrantedFilters } from './granted-filters.js';

/** A worker has one, and for a moment a second; whoever has a node's credential takes places from that node alone. */
const maxOfNode = 8;

/** A connection that was let in, as what it is. */
export interface Session extends Admitted {
  /** As the client calls itself. */
  readonly clientId: string;
  readonly address: string;
  /** It is being closed by us: nothing of it counts any more, its last will included. */
  isOver: boolean;
}

/** Who the connections are, so that those can be ended whose credential holds no more. */
export class Sessions<C extends object> {
  private readonly of = new WeakMap<C, Session>();
  /** Those that are connected. */
  private readonly connected = new Set<C>();
  /** By the node that they showed to be, oldest first. */
  private readonly ofNode = new Map<string, Set<C>>();

  constructor(
    private readonly access: WorkerAccess,
    private readonly filters: GrantedFilters<C>,
    private readonly close: (connection: C, why: string) => void,
  ) {}

  admit(connection: C, session: Session): void {
    this.of.set(connection, session);
  }

  get(connection: C): Session | undefined {
    return this.of.get(connection);
  }

  /** It was let in a moment ago: meanwhile its credential may have ended. */
  began(connection: C): void {
    this.connected.add(connection);
    this.lookAt(connection);
    const node = this.nodeOf(connection);
    if (node === null) return;
    const others = this.ofNode.get(node) ?? new Set();
    this.ofNode.set(node, others.add(connection));
    const [oldest] = others;
    if (others.size <= maxOfNode || oldest === undefined) return;
    const displaced = this.of.get(oldest);
    if (displaced !== undefined) displaced.isOver = true;
    this.ended(oldest);
    this.close(oldest, `their node has ${maxOfNode} newer ones`);
  }

  ended(connection: C): void {
    this.connected.delete(connection);
    const node = this.nodeOf(connection);
    const others = node === null ? undefined : this.ofNode.get(node);
    if (node === null || others === undefined) return;
    others.delete(connection);
    if (others.size === 0) this.ofNode.delete(node);
  }

  /** What the ledger says of credentials has changed: whoever would not be let in again goes. */
  review(): void {
    for (const connection of this.connected) this.lookAt(connection);
  }

  /**
   * A token ends by the clock, and no event says so: whoever was let in by one that has ended goes. What a node has ends
   * by events alone.
   */
  expire(): void {
    for (const connection of this.connected) {
      if (this.of.get(connection)?.speaker?.is === 'anyone') this.lookAt(connection);
    }
  }

  private nodeOf(connection: C): string | null {
    const speaker = this.of.get(connection)?.speaker;
    return speaker?.is === 'node' ? speaker.node : null;
  }

  private lookAt(connection: C): void {
    const session = this.of.get(connection);
    if (session === undefined || session.isOver) return;
    const why = this.whyOver(connection, session);
    if (why === null) return;
    session.isOver = true;
    this.close(connection, why);
  }

  private whyOver(connection: C, { speaker, stands }: Session): string | null {
    if (!stands()) return 'what they showed holds no more';
    if (speaker === null || speaker.is === 'node') return null;
    for (const filter of this.filters.of(connection)) {
      // It was granted while the node had no credential of its own.
      if (!this.access.maySubscribe(filter, speaker))
        return 'a node that they spoke for has joined';
    }
    return null;
  }
}
