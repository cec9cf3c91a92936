import type { LeaseRecord, LeaseStore } from '../lease-store.port.js';

/** The lease without a store: for simulations and tests. */
export class MemoryLeaseStore implements LeaseStore {
  private record: LeaseRecord | null = null;
  private askedOf: LeaseRecord | null = null;

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

  async ask(of: LeaseRecord): Promise<void> {
    this.askedOf = of;
  }

  async asked(): Promise<Pick<LeaseRecord, 'holder' | 'renewal'> | null> {
    if (this.askedOf === null) return null;
    const { holder, renewal } = this.askedOf;
    return { holder, renewal };
  }

  async close(): Promise<void> {}
}
