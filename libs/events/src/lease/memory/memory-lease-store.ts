import type { LeaseRecord, LeaseStore } from '../lease-store.port.js';

/** The lease without a store: for simulations and tests. */
export class MemoryLeaseStore implements LeaseStore {
  private record: LeaseRecord | null = null;

  async read(): Promise<LeaseRecord | null> {
    return this.record;
  }

  async swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean> {
    const { record } = this;
    const isUnchanged =
      record?.epoch === from?.epoch &&
      record?.holder === from?.holder &&
      record?.renewal === from?.renewal;
    if (isUnchanged) this.record = { ...to };
    return isUnchanged;
  }

  async close(): Promise<void> {}
}
