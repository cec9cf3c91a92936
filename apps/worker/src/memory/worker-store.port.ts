import type { JsonObject } from '@oakring/contracts';

/** One instance as it is remembered over restarts. */
export interface RememberedInstance {
  /** The job as it was ordered, with its id. */
  readonly job: JsonObject & { readonly id: string };
  readonly instance: number;
  readonly generation: number;
  /** `wanted`: to be run again after a restart. An ended one is not, and its order is answered alike. */
  readonly status: 'wanted' | 'completed' | 'failed';
  readonly reason: string | null;
  /** Whose order it was, and of what; absent where it was not known. */
  readonly ledger?: string | null;
  readonly digest?: string | null;
  /** Values of the secrets that it is started with, for a start without its manager; absent: none, or they are lost. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** One line of the worker's own small log. */
export interface HistoryEntry {
  /** Grows for ever, across restarts. */
  readonly sequence: number;
  /** ISO 8601: the manager's time as far as it is known here, else the device's. */
  readonly at: string;
  readonly kind: string;
  readonly job?: string;
  readonly instance?: number;
  readonly generation?: number;
  readonly detail?: string;
  /** How many entries this one stands for: they found no room. */
  readonly dropped?: number;
}

/** Everything that a worker must not forget. */
export interface Remembered {
  readonly instances: readonly RememberedInstance[];
  /** Highest generation that was deleted here, by `<job>/<instance>`, least recent first. */
  readonly deleted: readonly (readonly [string, number])[];
  /** The manager's ledger that all of this is about; absent or null: not known. */
  readonly ledger?: string | null;
  readonly history: { readonly next: number; readonly entries: readonly HistoryEntry[] };
}

export const nothingRemembered: Remembered = {
  instances: [],
  deleted: [],
  history: { next: 1, entries: [] },
};

/** What a worker keeps across its own restarts; `worker-store.contract.ts` says what holds. */
export interface WorkerStore {
  /** Number of this start, from 1; it changes by `renumber` only. */
  readonly incarnation: number;
  /** Proves that it is the same worker; null before the first answer. */
  readonly token: string | null;
  keepToken(token: string): Promise<void>;
  /** A newer start of the id told one on this store to stop: those that follow yield to it. */
  readonly yields: boolean;
  keepYields(yields: boolean): Promise<void>;
  /** This start is counted as number `to` from now on, and the next ones after it. */
  renumber(to: number): Promise<void>;
  /** What was remembered before this start. */
  readonly remembered: Remembered;
  /**
   * Durable when it resolves, together with everything that waits at the same time: `take` is called
   * when the write begins. Rejects when nothing could be written.
   */
  remember(take: () => Remembered): Promise<void>;
}
