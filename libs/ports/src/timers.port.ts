export interface Timer {
  cancel(): void;
}

/** Deferred work. A timer never keeps a process alive that has nothing else to do. */
export interface Timers {
  after(delayMs: number, work: () => void): Timer;
  every(periodMs: number, work: () => void): Timer;
  /** Runs `work` once the input waiting now has been handled; the batching seam of hot paths. */
  soon(work: () => void): void;
  /** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
