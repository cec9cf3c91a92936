import type { Damage } from '@oakring/events';
import type { LeaseStore } from '../lease/lease-store.port.js';
import type { EventLogReader, EventLogWriter } from '../log/event-log.port.js';
import type { MongoStore } from '../mongodb/connect-mongodb.js';
import type { RestoreMarks } from './restore-mark.port.js';

/** A ledger's store, open for a manager. */
export interface EventStore {
  readonly log: EventLogWriter;
  /** Null: a folder, which has one manager by its lock. */
  readonly leases: LeaseStore | null;
  /** Where it is, for messages: never with a password. */
  readonly place: string;
  /** The secret that all managers of the store share; null: a folder, whose manager has its own. */
  readonly secret: Buffer | null;
  /** Replaces that secret by one of a backup, before any manager knows of the store; null: a folder. */
  readonly keepSecret: ((secret: Buffer) => Promise<void>) | null;
  /** What time it is there, milliseconds since 1970; null: a folder has no clock of its own. */
  readonly time: (() => Promise<number>) | null;
  /** Whether it is being filled from a backup. */
  readonly restoring: RestoreMarks;
  /** What else is kept in the same database; null: a folder. */
  readonly mongodb: MongoStore | null;
  /**
   * Why nothing can be appended now; null when nothing is known to be in the way. MongoDB tells by
   * the lease, which is written there every half second.
   */
  obstacle(): Promise<string | null>;
  /** Rejects with `log-damaged` when damage is found where the start did not look. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** A ledger's log, open for reading only. */
export interface OpenReader extends EventLogReader {
  /** Where it is, for messages: never with a password. */
  readonly place: string;
  /** What lies beside the commits, where no position leads to it; null: nothing. */
  stray(): Promise<Damage | null>;
}
