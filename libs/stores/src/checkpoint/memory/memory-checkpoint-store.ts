import type { LogHead } from '@oakring/events';
import type { Checkpoint, CheckpointStore, ViewChange } from '../checkpoint-store.port.js';

type ViewRecord = Checkpoint['records'][number];

/** The checkpoint store without a disk: for simulations and tests. */
export class MemoryCheckpointStore implements CheckpointStore {
  private readonly records = new Map<string, ViewRecord>();
  private saved: { head: LogHead; foldVersion: number } | null = null;

  async load(): Promise<Checkpoint | null> {
    return this.saved === null ? null : { ...this.saved, records: [...this.records.values()] };
  }

  async save(changes: readonly ViewChange[], head: LogHead, foldVersion: number): Promise<void> {
    for (const { view, key, record } of changes) {
      const address = JSON.stringify([view, key]);
      if (record === null) this.records.delete(address);
      else this.records.set(address, { view, key, record });
    }
    this.saved = { head, foldVersion };
  }

  async clear(): Promise<void> {
    this.records.clear();
    this.saved = null;
  }

  async close(): Promise<void> {
    return undefined;
  }
}
