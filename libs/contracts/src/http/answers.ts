import type { JsonObject } from '../parsing/parsing.js';
import type { Resources } from '../resources/catalogue.js';
import type { NodeFlags, NodeStatus } from './cluster-answers.js';
import type { FieldWarning } from './unused-fields.js';

/** Lists are `{items, position, next?}`; `next` is the cursor of the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly position: number;
  readonly next?: string;
}

export type InstanceStatus =
  | 'pending'
  | 'placed'
  | 'starting'
  | 'running'
  | 'completed'
  | 'failed'
  | 'stopping'
  | 'stopped'
  | 'unknown'
  | 'lost';

/** One instance in `GET /api/v1/jobs/{id}`. */
export interface InstanceAnswer {
  readonly number: number;
  /** 0 until it is placed for the first time. */
  readonly generation: number;
  readonly status: InstanceStatus;
  readonly nodeId: string | null;
  /** False where only the broker's word says that it runs. */
  readonly confirmed: boolean;
  /** Why it is where it is, or why it is not. */
  readonly reason: string | null;
  /** The decision that placed or last refused it: `GET /api/v1/decisions/{id}`. */
  readonly decision: string | null;
  /** ISO 8601: when the status began; not in the answer of the submission itself. */
  readonly since?: string;
  /** Revision of the job that it runs. */
  readonly revision: number;
  /** Failures in a row. */
  readonly failures: number;
  /** It fails again and again: the next tries come later and later. */
  readonly crashLooping: boolean;
  /** It failed too often and is not tried again by itself; absent while it is. */
  readonly givenUp?: true;
  /** The last failures, oldest first; absent when there were none. */
  readonly attempts?: readonly FailedAttempt[];
  /** Where it is moving to, while a move is under way. */
  readonly movingTo?: { readonly nodeId: string; readonly generation: number };
  /** Where an original was lost that it replaces, while that one has not ended. */
  readonly replaces?: readonly { readonly nodeId: string; readonly generation: number }[];
}

export interface FailedAttempt {
  readonly generation: number;
  readonly nodeId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

/** The newest rollout of a job. */
export interface RolloutAnswer {
  readonly status: 'progressing' | 'completed' | 'rollingBack' | 'rolledBack' | 'failed';
  readonly revision: number;
  /** Instances that run the revision, of those desired. */
  readonly updated: number;
  readonly reason: string | null;
}

/**
 * `GET /api/v1/jobs/{id}` and the answer of `POST /api/v1/jobs`: what we say of a job, and apart from
 * it the document, which may have any member.
 */
export interface JobAnswer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly technology: string;
  readonly status: JobStatus;
  readonly desired: number;
  /** Grows with every update. */
  readonly revision: number;
  readonly rollout?: RolloutAnswer;
  /** Position of the last change of the job. */
  readonly position: number;
  readonly instances: readonly InstanceAnswer[];
  /** What of the document is not used; absent when all of it is. */
  readonly warnings?: readonly FieldWarning[];
  /** As it was given, with its id and the count that is desired now: it can be sent back as it is. */
  readonly document: JsonObject;
}

/** `completed`: a one-shot job of which every instance has run to its end. */
export type JobStatus = 'active' | 'completed' | 'deleting';

/** A job in a list: counts instead of instances. */
export interface JobSummary {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly technology: string;
  readonly status: JobStatus;
  readonly desired: number;
  readonly position: number;
  /** Number of instances by status; statuses with none are left out. */
  readonly counts: Readonly<Partial<Record<InstanceStatus, number>>>;
}

/** Answer of DELETE, PUT, replicate and move: small, so that it can be repeated word for word. */
export interface JobOrderAnswer {
  readonly id: string;
  readonly status: JobStatus;
  readonly desired: number;
  readonly position: number;
  readonly instance?: number;
  readonly generation?: number;
  readonly nodeId?: string;
  readonly decision?: string;
  /** Of the job, after an update. */
  readonly revision?: number;
  /** After an update: whether instances are replaced. False: nothing that runs is touched. */
  readonly restarts?: boolean;
  /** After an update: what of the document is not used; absent when all of it is. */
  readonly warnings?: readonly FieldWarning[];
}

/** `GET /api/v1/nodes/{id}`. */
export interface NodeAnswer {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly status: NodeStatus;
  /** ISO 8601: when the status began. */
  readonly since: string;
  readonly reason: string;
  readonly incarnation: number;
  /** Another worker claims to be this node as well (a copied data folder); absent while none does. */
  readonly rival?: {
    readonly since: string;
    readonly incarnation: number;
    readonly reason: string;
  };
  readonly capacity: Resources;
  readonly assumed: boolean;
  readonly reserved: Resources;
  /** From the newest reading, percent 0–100; null before the first one. Not part of the view. */
  readonly used: { readonly cpu: number; readonly memory: number } | null;
  /** ISO 8601; null when nothing was heard since the manager started. Not part of the view. */
  readonly lastSeen: string | null;
  /** Readings of this node that were given up under overload since the manager started. */
  readonly readingsShed: number;
  readonly instances: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly technologies: readonly string[];
  readonly architecture: string | null;
  readonly acknowledges: boolean;
  readonly enforcesStop: boolean;
  readonly flags: NodeFlags;
  /** `<job>/<instance>/<generation>` of what runs there without our order. */
  readonly unexpected: readonly string[];
  /** Position of the last change. */
  readonly position: number;
}

/** A line of `GET /api/v1/events`, and the data of one server-sent event (id `position/index`). */
export interface EventLine {
  readonly position: number;
  readonly index: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  /** ISO 8601, the leader's clock at the commit. */
  readonly at: string;
  readonly data: JsonObject;
}

/** A line of `GET /api/v1/dead-letters`. */
export interface DeadLetter {
  readonly at: string;
  readonly topic: string;
  readonly code: string;
  readonly reason: string;
  /** First 4 KiB; bytes that are not UTF-8 are shown as U+FFFD. */
  readonly payload: string;
  /** How many like it were dropped since the one before, by the limit per node. */
  readonly suppressed: number;
}

/** `GET /api/v1/diff`: what changed between the states after two commits. */
export interface DiffAnswer {
  readonly from: { readonly position: number; readonly at: string };
  readonly to: { readonly position: number; readonly at: string };
  readonly items: readonly DiffItem[];
  /** There are more than the limit. */
  readonly more: boolean;
}

export interface DiffItem {
  /** nodes, jobs, instances, placements or commands. */
  readonly view: string;
  readonly key: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** By field; null: it is not there. */
  readonly fields: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
}

/** A key that seals the ledger, of `GET /api/v1/ledger/keys`. */
export interface LedgerKey {
  /** SHA-256 of the public key's SPKI DER, hexadecimal. */
  readonly fingerprint: string;
  readonly publicKey: string | null;
  readonly status: 'presented' | 'counts' | 'revoked';
  readonly by: string | null;
  readonly position: number;
}

/** `GET /api/v1/ledger/keys`. */
export interface LedgerKeys {
  readonly clusterId: string;
  readonly position: number;
  /** The ledger is sealed up to here; null before the first seal. */
  readonly sealed: number | null;
  readonly items: readonly LedgerKey[];
}

/** `GET /api/v1/nodes/{id}/telemetry`: readings in steps, at most 500. */
export interface NodeTelemetry {
  readonly nodeId: string;
  readonly from: string;
  readonly to: string;
  readonly stepMs: number;
  readonly points: readonly TelemetryPoint[];
  /** Readings of this node that were given up under overload since the manager started. */
  readonly readingsShed: number;
}

/** What was read in one step; percent, 0–100. */
export interface TelemetryPoint {
  /** Where the step begins. */
  readonly at: string;
  readonly count: number;
  readonly cpu: { readonly min: number; readonly avg: number; readonly max: number };
  readonly memory: { readonly min: number; readonly avg: number; readonly max: number };
}
