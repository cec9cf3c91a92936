import { clusterKey, type Changes, type ClusterState } from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import {
  nothing,
  type Doing,
  type Look,
  type Outcome,
  type Process,
  type Seen,
  type Wake,
} from '../supervision/process.js';
import type { Sight } from './sight.js';

/** Milliseconds since 1970 of when the link was lost; null: all that come late could be back. */
interface Link {
  readonly lostSince: number | null;
}

/**
 * Puts on record since when workers that come back late have nobody to speak to: a manager that takes over in
 * the midst of an outage knows nothing else of it. Where there are none nothing is written.
 */
export class Outages implements Process<Link> {
  readonly name = 'outages';
  readonly most = 1;
  readonly mostAtOnce = 1;
  readonly restMs = 0;
  readonly backoff = { firstMs: 100, mostMs: 2_000 };

  constructor(
    private readonly sight: Pick<Sight, 'sinceMs' | 'onTurn' | 'unheardSinceMs' | 'allBackMs'>,
    private readonly comesLate: (nodeId: string) => boolean,
    private readonly queue: CommandQueue,
  ) {}

  listen(wake: Wake): void {
    this.sight.onTurn(wake);
  }

  all(): Iterable<string> {
    return [clusterKey];
  }

  *concerned({ cluster, presences }: Changes): Generator<string> {
    yield* cluster;
    for (const nodeId of presences) if (this.comesLate(nodeId)) yield clusterKey;
  }

  fact(_key: string, { cluster }: ClusterState): string {
    return `unheard since ${cluster.get(clusterKey)?.unheardSince}`;
  }

  look(_key: string, { cluster, nodes }: ClusterState, { nowMs, wallMs }: Seen): Look<Link> {
    const isOnRecord = (cluster.get(clusterKey)?.unheardSince ?? null) !== null;
    const { allBackMs, unheardSinceMs } = this.sight;
    const isOpen = allBackMs !== null && nowMs < allBackMs;
    if (isOpen && isOnRecord) return { step: null, againMs: allBackMs };
    const isUnheard = allBackMs === null || isOpen;
    if (isUnheard === isOnRecord || !this.isThereOne(nodes.values())) return nothing;
    const lostSince = isUnheard ? Math.max(0, wallMs - (nowMs - unheardSinceMs)) : null;
    return { step: { lostSince }, againMs: null };
  }

  async act([doing]: readonly Doing<Link>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { lostSince } = doing.step;
    const { sinceMs } = this.sight;
    await this.queue.submit<'ObserveLink'>(
      { type: 'ObserveLink', lostSince },
      byItself(this.name),
      undefined,
      // A link that broke meanwhile is one to count from.
      () => lostSince !== null || this.sight.sinceMs === sinceMs,
    );
    return 'done';
  }

  private isThereOne(nodes: Iterable<{ readonly id: string }>): boolean {
    for (const { id } of nodes) if (this.comesLate(id)) return true;
    return false;
  }
}
