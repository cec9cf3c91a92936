/** What runs until it is told to stop. */
export interface Service {
  /** Rejects when the service cannot go on. */
  readonly failed: Promise<never>;
  /** Resolves when it has nothing more to do; without it, it serves until it is told to stop. */
  readonly finished?: Promise<void>;
  stop(): Promise<void>;
}
