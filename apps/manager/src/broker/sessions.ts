import type { WorkerAccess } from '../wires/access.js';
import type { Admitted } from './door.js';
import type { GrantedFilters } from './granted-filters.js';

/** A connection that was let in, as what it is. */
export interface Session extends Admitted {
  /** As the client calls itself. */
  readonly clientId: string;
  readonly address: string;
  /** It is being closed for what it showed: nothing of it counts any more, its last will included. */
  isOver: boolean;
}

/** Who the connections are, so that those can be ended whose credential holds no more. */
export class Sessions<C extends object> {
  private readonly of = new WeakMap<C, Session>();
  /** Those that are connected. */
  private readonly connected = new Set<C>();

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
  }

  ended(connection: C): void {
    this.connected.delete(connection);
  }

  /** What the ledger says of credentials has changed: whoever would not be let in again goes. */
  review(): void {
    for (const connection of this.connected) this.lookAt(connection);
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
