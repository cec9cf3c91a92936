import { clusterKey, type Changes, type ClusterState } from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
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
import { byItself } from '../commands/origin.js';

/** How often a storm is looked at for its end. */
const lookAgainMs = 250;

/** Puts on record what the storm guard knows, and ends a storm that is over. */
export class Storms implements Process<'begun' | 'over'> {
  readonly name = 'storms';
  readonly most = 1;
  readonly mostAtOnce = 1;
  readonly restMs = 0;
  readonly backoff = { firstMs: lookAgainMs, mostMs: 2_000 };

  constructor(
    private readonly sight: Sight,
    private readonly queue: CommandQueue,
  ) {}

  listen(wake: Wake): void {
    this.sight.onTurn(wake);
  }

  all(): Iterable<string> {
    return [clusterKey];
  }

  /** The guard counts who was ready half a minute ago, and that is in no view: it is told of each step. */
  note({ presences }: Changes, { nodes }: ClusterState): void {
    for (const nodeId of presences) {
      const node = nodes.get(nodeId);
      if (node === undefined) this.sight.guard.forget(nodeId);
      else this.sight.guard.note(node);
    }
  }

  concerned({ cluster }: Changes): Iterable<string> {
    return cluster;
  }

  fact(): string | null {
    return this.sight.isStormOnRecord ? 'a storm is on record' : 'no storm is on record';
  }

  look(_key: string, _state: ClusterState, { nowMs }: Seen): Look<'begun' | 'over'> {
    const { guard, isStormOnRecord, sinceMs } = this.sight;
    if (sinceMs === null) return nothing;
    const isOver = guard.isStorm && guard.isQuiet();
    const isStorm = guard.isStorm && !isOver;
    const againMs = isStorm ? nowMs + lookAgainMs : null;
    if (!isOver && isStorm === isStormOnRecord) return { step: null, againMs };
    return { step: isStorm ? 'begun' : 'over', againMs };
  }

  async act([doing]: readonly Doing<'begun' | 'over'>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { step: seen } = doing;
    const { guard } = this.sight;
    if (seen === 'over' && guard.isStorm) guard.calm();
    const { silent, ready } = guard.assess();
    const isBegun = seen === 'begun';
    await this.queue.submit<'ObserveStorm'>(
      {
        ...({ type: 'ObserveStorm', seen, ready } as const),
        silent: isBegun ? silent : guard.stillSilent,
        reason: isBegun
          ? 'many at once, or our own link to the broker broke: taken for our own blindness'
          : guard.whyOver,
      },
      byItself(this.name),
    );
    return 'done';
  }
}
