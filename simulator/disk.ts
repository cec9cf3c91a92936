import type { Checkpoint, CheckpointStore, ViewChange } from '@oakring/stores';
import type { LogHead } from '@oakring/events';
import type { Life, World } from './world.js';

interface Save {
  readonly head: LogHead;
  readonly foldVersion: number;
  readonly records: ReadonlyMap<string, ViewChange>;
}

/** Saves that a crash may go back to. */
const kept = 3;

/** A manager's data folder: its checkpoints, of which a crash leaves the newest, an older one, or none. */
export class Disk implements CheckpointStore {
  private saves: Save[] = [];

  /** As a process of this machine has it: one that has ended writes nothing more. */
  usedBy(life: Life): CheckpointStore {
    return {
      load: () => this.load(),
      save: async (...save) => {
        if (!life.isDead) await this.save(...save);
      },
      clear: async () => {
        if (!life.isDead) await this.clear();
      },
      close: () => this.close(),
    };
  }

  async load(): Promise<Checkpoint | null> {
    const newest = this.saves.at(-1);
    if (newest === undefined) return null;
    // As text: whoever loads it shares nothing with whoever saved it.
    const { head, foldVersion, records } = newest;
    const text = JSON.stringify({ head, foldVersion, records: [...records.values()] });
    return JSON.parse(text) as Checkpoint;
  }

  async save(changes: readonly ViewChange[], head: LogHead, foldVersion: number): Promise<void> {
    const records = new Map(this.saves.at(-1)?.records);
    for (const change of changes) {
      const address = `${change.view} ${change.key}`;
      if (change.record === null) records.delete(address);
      else records.set(address, change);
    }
    this.saves = [...this.saves, { head, foldVersion, records }].slice(-kept);
  }

  async clear(): Promise<void> {
    this.saves = [];
  }

  async close(): Promise<void> {}

  crash(world: World): void {
    if (world.happens(15)) this.saves = [];
    else this.saves.splice(this.saves.length - world.between(0, 2));
  }
}
