import { nothingRemembered, type Remembered, type WorkerStore } from './worker-store.port.js';

/** A store whose disk is memory: for simulations. `restarted` is what the next start finds. */
export class MemoryWorkerStore implements WorkerStore {
  constructor(
    public incarnation = 1,
    public token: string | null = null,
    public remembered: Remembered = nothingRemembered,
    public yields = false,
  ) {}

  async keepYields(yields: boolean): Promise<void> {
    this.yields = yields;
  }

  async renumber(to: number): Promise<void> {
    this.incarnation = to;
  }

  async keepToken(token: string): Promise<void> {
    this.token = token;
  }

  async remember(take: () => Remembered): Promise<void> {
    this.remembered = take();
  }

  restarted(): MemoryWorkerStore {
    const { incarnation, token, remembered, yields } = this;
    return new MemoryWorkerStore(incarnation + 1, token, remembered, yields);
  }
}
