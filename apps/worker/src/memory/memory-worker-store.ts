import { nothingRemembered, type Remembered, type WorkerStore } from './worker-store.port.js';

/** A store whose disk is memory: for simulations. `restarted` is what the next start finds. */
export class MemoryWorkerStore implements WorkerStore {
  constructor(
    readonly incarnation = 1,
    public token: string | null = null,
    public remembered: Remembered = nothingRemembered,
  ) {}

  async keepToken(token: string): Promise<void> {
    this.token = token;
  }

  async remember(take: () => Remembered): Promise<void> {
    this.remembered = take();
  }

  restarted(): MemoryWorkerStore {
    return new MemoryWorkerStore(this.incarnation + 1, this.token, this.remembered);
  }
}
