import type { CheckpointStore, ViewChange } from '@oakring/stores';
import type { JsonObject } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import { type ClusterState, foldVersion } from '@oakring/model';
import type { Projection } from './projection.js';

/** A start replays at most about this many commits, or what was written in this time. */
const saveEveryCommits = 2_000;
const saveEveryMs = 5_000;

/**
 * Saves what changed in the views now and then, off the path of commands, so that a start reads a
 * checkpoint and a tail. Losing a save costs a longer tail, never a fact.
 */
export class Checkpointer {
  private savedPosition: number;
  private saving: Promise<void> | null = null;
  private timer: Timer | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly store: CheckpointStore,
    private readonly projection: Projection,
    private readonly ports: Ports,
    private readonly warn: (line: string) => void,
  ) {
    this.savedPosition = projection.position;
  }

  start(): void {
    this.unsubscribe = this.projection.onProjected((_, head) => {
      if (head.position - this.savedPosition >= saveEveryCommits) this.save();
    });
    this.timer = this.ports.timers.every(saveEveryMs, () => this.save());
  }

  /** Saves once more, so that the next start has no tail. */
  async stop(): Promise<void> {
    this.unsubscribe();
    this.timer?.cancel();
    await this.saving;
    this.save();
    await this.saving;
  }

  private save(): void {
    const { head } = this.projection.state;
    if (this.saving !== null || head.position === this.savedPosition) return;
    this.savedPosition = head.position;
    this.saving = saveCheckpoint(this.store, this.projection.state)
      .catch((error: unknown) => this.forget(error))
      .finally(() => {
        this.saving = null;
      });
  }

  /** A save that failed has taken its changes with it: only a rebuild is sure to be whole. */
  private async forget(error: unknown): Promise<void> {
    this.warn(`The checkpoint could not be saved, the next start will replay: ${String(error)}`);
    this.unsubscribe();
    this.timer?.cancel();
    await this.store.clear().catch(() => {
      // Unusable either way: the loader compares the checkpoint with the log.
    });
  }
}

/** Saves what changed in a state since it was last saved. */
export function saveCheckpoint(
  store: CheckpointStore,
  { head, tables }: ClusterState,
): Promise<void> {
  const changes: ViewChange[] = [];
  for (const table of tables) {
    for (const key of table.takeChanges()) {
      // Records are plain JSON by construction (records.ts).
      const record = (table.get(key) ?? null) as JsonObject | null;
      changes.push({ view: table.name, key, record });
    }
  }
  return store.save(changes, head, foldVersion);
}
