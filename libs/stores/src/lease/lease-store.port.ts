/**
 * Who leads a cluster of several managers (ADR 6). Only ever compared with itself: no clock of
 * one machine means anything on another.
 */
export interface LeaseRecord {
  /** Epoch that the holder opens or has opened. */
  readonly epoch: number;
  /** Fresh for each attempt to take the lease; '' once it was released. */
  readonly holder: string;
  /** Grows with every renewal. */
  readonly renewal: number;
  /** Where the holder takes commands over HTTP. */
  readonly url: string;
  /** How long the holder may count on this renewal, milliseconds: whoever reads it waits as long. */
  readonly validForMs: number;
  /** False: the holder does not reach the MQTT broker, and gives way to whoever asks it to. */
  readonly reachesBroker: boolean;
}

/** What a record means that states no validity: it was written before they did. */
export const unstatedValidMs = 2_000;

/** One lease, changed by compare-and-set only. */
export interface LeaseStore {
  /** The lease as a majority has it; null before the first. Throws when it cannot be read. */
  read(): Promise<LeaseRecord | null>;
  /**
   * Replaces `from` (null: none yet) by `to` durably. False when something else lay there. Throws
   * when the outcome is unclear; `read` tells then, `holder` and `renewal` being unique.
   */
  swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean>;
  /** Asks the holder of this very record to give way. Nothing else of the lease is changed. */
  ask(of: LeaseRecord): Promise<void>;
  /** Holder and renewal that were asked last; null: none ever. */
  asked(): Promise<Pick<LeaseRecord, 'holder' | 'renewal'> | null>;
  close(): Promise<void>;
}
