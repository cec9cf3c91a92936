import type { DataKeyStore } from './data-key-store.port.js';

/** Keys that end with the process: of a simulation or a test. */
export class MemoryDataKeys implements DataKeyStore {
  private readonly keys = new Map<string, string>();
  private first: string | null = null;

  async read(id: string): Promise<string | null> {
    return this.keys.get(id) ?? null;
  }

  async keep(id: string, wrapped: string): Promise<void> {
    this.keys.set(id, wrapped);
  }

  async remove(id: string): Promise<void> {
    this.keys.delete(id);
  }

  async mark(): Promise<string | null> {
    return this.first;
  }

  async keepMark(mark: string): Promise<string> {
    return (this.first ??= mark);
  }
}
