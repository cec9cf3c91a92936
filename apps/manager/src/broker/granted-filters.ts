/** A worker needs five. */
const maxOfConnection = 64;
const maxOfAll = 250_000;

/** What connections are subscribed to: counted, because each subscription costs memory and, at its end, time. */
export class GrantedFilters<C> {
  /** Of all connections. */
  total = 0;
  private readonly filtersOf = new Map<C, Set<string>>();

  constructor(
    /** There is no more room for anybody: the connection with most is to be closed. */
    private readonly closeForRoom: (connection: C) => void,
  ) {}

  /** Whether the connection may have this one too; if so it counts from now on. */
  grant(connection: C, filter: string): boolean {
    const filters = this.filtersOf.get(connection) ?? new Set();
    if (filters.has(filter)) return true;
    if (filters.size >= maxOfConnection) return false;
    if (this.total >= maxOfAll && !this.makeRoom(filters.size)) return false;
    this.filtersOf.set(connection, filters.add(filter));
    this.total += 1;
    return true;
  }

  has(connection: C, filter: string): boolean {
    return this.filtersOf.get(connection)?.has(filter) === true;
  }

  /** What the connection has been granted. */
  of(connection: C): Iterable<string> {
    return this.filtersOf.get(connection) ?? [];
  }

  unsubscribed(connection: C, filter: string): void {
    if (this.filtersOf.get(connection)?.delete(filter) === true) this.total -= 1;
  }

  gone(connection: C): void {
    this.total -= this.filtersOf.get(connection)?.size ?? 0;
    this.filtersOf.delete(connection);
  }

  /** The connection that has most gives way, unless whoever asks has as many. */
  private makeRoom(asking: number): boolean {
    let worst: C | null = null;
    let most = asking;
    for (const [connection, filters] of this.filtersOf) {
      if (filters.size <= most) continue;
      worst = connection;
      most = filters.size;
    }
    if (worst === null) return false;
    this.gone(worst);
    this.closeForRoom(worst);
    return true;
  }
}
