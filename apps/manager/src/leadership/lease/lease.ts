/** A leadership that is ours until it is taken: what the parts of a term ask before they speak. */
export interface Lease {
  readonly epoch: number;
  /** True while nobody else can have it: checked immediately before every answer and order. */
  readonly isHeld: boolean;
  /** Until it runs out unless it is renewed: below 0 it has; null: it does not run out. */
  readonly marginMs: number | null;
  /** Resolves with the epoch of whoever leads now, once that is known; never for a folder. */
  readonly lost: Promise<number>;
  /** Whether another manager asked for it just now. Throws when that cannot be read. */
  isAskedFor(): Promise<boolean>;
  /** Gives it back, so that the next one need not wait. */
  release(): Promise<void>;
}

/** Leadership over a folder: its lock keeps everybody else out for as long as we live. */
export function folderLease(epoch: number): Lease {
  const lost = new Promise<never>(() => {});
  const rest = { isAskedFor: async () => false, release: async () => {} };
  return { epoch, isHeld: true, marginMs: null, lost, ...rest };
}
