import type {
  Constraint,
  HealthStatus,
  HeldPort,
  JobPolicy,
  JobStatus,
  NodeStatus,
  Resources,
} from '@oakring/contracts';
import type { JsonObject } from '@oakring/events';
import type { EventPlace } from './event-place.js';
import type { AttemptRecord, LastLinesRecord } from './failure-records.js';
import type { GivenSecret } from './secret-records.js';

/** Raise it when a fold changes what it makes of the same events: checkpoints are rebuilt. */
export const foldVersion = 44;

/** Records are plain JSON, replaced and never changed: a view can be saved and compared as bytes. */

export interface ClusterRecord {
  readonly clusterId: string;
  readonly name: string;
  readonly location: string;
  readonly epoch: number;
  /** Commit time of its beginning, milliseconds since 1970; null: there is none. */
  readonly storm: { readonly since: number; readonly reason: string } | null;
  /**
   * Since when, in milliseconds since 1970, workers may have had nobody to speak to: a link to the broker that
   * was lost, or the last commit before an epoch; null: all that come back late after that could be back.
   */
  readonly unheardSince: number | null;
  /** The schemas that the ledger commits to; null: it did not yet. */
  readonly catalogue: { readonly schemaVersion: number; readonly hash: string } | null;
  /** Id that the root knows us by; null: none has taken us in yet. */
  readonly root: string | null;
  /** From a backup, the last time; null: its history was never cut short. */
  readonly restored: RestoredRecord | null;
  /** Events of stream `seals` so far: what a checkpoint says of keys. */
  readonly keyEvents: number;
}

/** That the history behind a position was lost, and may be remembered by workers. */
export interface RestoredRecord {
  /** The last position that the backup had. */
  readonly position: number;
  /** In which that was stated: no other restore has the same. */
  readonly epoch: number;
  /** Generations that are given from then on are above this one. */
  readonly generationsAbove: number;
  /** The first epoch of a manager that leads since, and its commit time; null: none does yet. */
  readonly takenUp: { readonly epoch: number; readonly at: number } | null;
}

/** An instance whose end was ordered behind its root's back, which was not told so yet. */
export interface PartedRecord {
  /** `<job>/<number>`. */
  readonly key: string;
  readonly job: string;
  readonly name: string;
  readonly number: number;
  /** Commit time of that order. */
  readonly at: number;
}

/** `position` and `index`: of the event that changed it last. */
export interface NodeRecord extends EventPlace {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly incarnation: number;
  readonly startId: string | null;
  /** In which its worker speaks and is spoken to. */
  readonly dialect: string;
  /** Commit time at which the present start began while the one before still spoke; else null. */
  readonly tookOverAt: number | null;
  /** Another start that claimed to be this node while the present one has been it. */
  readonly rival: {
    readonly at: number;
    readonly incarnation: number;
    readonly reason: string;
  } | null;
  readonly capacity: Resources;
  readonly assumed: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** What an operator said of it; null: nothing. */
  readonly givenLabels: Readonly<Record<string, string>> | null;
  readonly technologies: readonly string[];
  readonly architecture: string | null;
  readonly addons: readonly string[];
  readonly drivers: readonly string[];
  /** Of its graphics cards. */
  readonly gpuDrivers: readonly string[];
  /** What it can do beside starting and stopping. */
  readonly features: readonly string[];
  /** Folders below which jobs may be given one. */
  readonly hostPaths: readonly string[];
  /** Names of credentials that it keeps. */
  readonly registries: readonly string[];
  readonly acknowledges: boolean;
  readonly enforcesStop: boolean;
  readonly tokenPresented: boolean;
  readonly extra: JsonObject;
  readonly status: NodeStatus;
  /** Commit time of the step into `status`, milliseconds since 1970. */
  readonly since: number;
  /** Commit time since when it is not heard of, whichever steps followed; null: it is, or never was. */
  readonly silentSince: number | null;
  readonly reason: string;
  /** Its worker said that it stops, and was not heard to be back since. */
  readonly stopped: boolean;
  /** Sum over its placements. */
  readonly reserved: Resources;
  /** Number of its placements. */
  readonly placements: number;
  /** Ports that they have, in the order in which they were placed; one's successor there has them too. */
  readonly ports: readonly HeldPort[];
  readonly cordoned: { readonly at: number; readonly reason: string } | null;
  /** `deadline`: milliseconds since 1970. */
  readonly draining: { readonly deadline: number; readonly force: boolean } | null;
  readonly quarantined: {
    readonly at: number;
    readonly reason: string;
    readonly byRecord: boolean;
  } | null;
  /** Its worker starts nothing new, since `at`: less is free on its disk than must be. Null: it does. */
  readonly diskFull: {
    readonly at: number;
    readonly freeMiB: number;
    readonly leastMiB: number;
  } | null;
  /** The newest failures of instances there, for the quarantine by record. */
  readonly failures: readonly {
    readonly job: string;
    readonly at: number;
    /** Its worker says that it is the node's. */
    readonly own: boolean;
  }[];
  /** `<job>/<instance>/<generation>` of what was last reported and nobody ordered. */
  readonly unexpected: readonly string[];
  /**
   * `<job>/<instance>` of what was last reported and cannot be told, `?` for what is not known of it: nothing
   * that it may be is taken for gone.
   */
  readonly unreadable: readonly string[];
  /** Entries of its own log are recorded up to this sequence. */
  readonly historyUpTo: number;
}

/** `position` and `index`: of the event that changed it last. */
export interface JobRecord extends EventPlace {
  readonly id: string;
  readonly document: JsonObject;
  readonly technology: string;
  readonly resources: Resources;
  readonly labels: Readonly<Record<string, string>>;
  readonly constraints: readonly Constraint[];
  readonly policy: JobPolicy;
  /** It must never run twice: only workers that enforce a stop are candidates. */
  readonly enforcesStop: boolean;
  readonly bodyHash: string;
  /** `by` of whoever submitted it; null: not known. */
  readonly by: string | null;
  /** `given`: by a root, one order each; there may be holes. */
  readonly numbering: 'counted' | 'given';
  /** It came over from another orchestrator. */
  readonly takenOver: boolean;
  /** What the root that ordered it knows us by; null: none had taken us in. */
  readonly root: string | null;
  /**
   * It was ordered while a root answered that turned out to have lost its memory, or the order was on its way by then,
   * and what knew us by this id may have ordered it before. Null: it is known to be `root`'s.
   */
  readonly formerRoot: string | null;
  /** Its root asked for the end of all of it, and was not yet found to remember us. */
  readonly dismissed: boolean;
  readonly status: JobStatus;
  readonly desired: number;
  /** From 1; grows with every update. */
  readonly revision: number;
  readonly rollout: RolloutRecord | null;
  /** Desired count as it was submitted, and where: what a repeated POST is answered with. */
  readonly submittedDesired: number;
  readonly submittedPosition: number;
  /** Commit time of that. */
  readonly submittedAt: number;
  /** Where what it is to be, and how many, was changed last. */
  readonly orderedPosition: number;
  /** Position of the order to delete; 0 before. */
  readonly deletionPosition: number;
}

/** The newest rollout of a job. */
export interface RolloutRecord {
  readonly status: 'progressing' | 'completed' | 'rollingBack' | 'rolledBack' | 'failed';
  readonly revision: number;
  /** The revision before it, which a rollback goes back to. */
  readonly from: number;
  /** Why the next instance is not replaced yet: its successor has no place, or came to nothing there; null: nothing waits. */
  readonly waits: string | null;
  readonly reason: string | null;
}

/** A former revision of a job. Key `<job>/<revision>`. */
export interface RevisionRecord {
  readonly document: JsonObject;
  readonly technology: string;
  readonly resources: Resources;
  readonly labels: Readonly<Record<string, string>>;
  readonly constraints: readonly Constraint[];
  readonly policy: JobPolicy;
  readonly bodyHash: string;
}

/**
 * What became of a revision: the job began with it; it is rolled out, was, or that failed; the job went back
 * from it by itself; another one came before it was everywhere; or it runs as the one before it.
 */
export type RevisionStatus =
  'submitted' | 'progressing' | 'completed' | 'failed' | 'wentBack' | 'superseded' | 'alike';

/** Where the ledger has a revision of a job (its `JobSubmitted` or `JobUpdated`). Key `<job>/<revision>`. */
export interface RevisionPlaceRecord extends EventPlace {
  readonly status: RevisionStatus;
  /** Why it failed or was gone back from; null: it was not. */
  readonly reason: string | null;
}

/** Key `<job>/<number>`. */
export interface InstanceRecord {
  readonly job: string;
  readonly number: number;
  /** Of its current placement; 0 until it is placed for the first time. */
  readonly generation: number;
  readonly status:
    'pending' | 'placed' | 'starting' | 'running' | 'completed' | 'failed' | 'stopping' | 'lost';
  /** Commit time of the step into `status`, milliseconds since 1970. */
  readonly since: number;
  /** The highest generation given before the current one, moves that failed included. */
  readonly lastGeneration: number;
  /** The lowest that it may have: those before were given to another life of its number, maybe to somebody else's job. */
  readonly firstGeneration: number;
  readonly nodeId: string | null;
  readonly confirmed: boolean;
  readonly reason: string | null;
  readonly decision: string | null;
  /** Not wanted any more: it disappears with its last placement. */
  readonly removing: boolean;
  /** The placement that takes over, while a move is under way. */
  readonly moving: {
    readonly nodeId: string;
    readonly generation: number;
    /** The order that tells the source. */
    readonly commandId: string | null;
    /** Why there. */
    readonly reason: string;
    /** An update began it: it runs the newest revision, and takes over once it serves. */
    readonly surge?: true;
  } | null;
  /** Revision of the job that its current placement runs; 0 until it is placed. */
  readonly revision: number;
  /** Failures in a row. */
  readonly failures: number;
  /** How often it was started again because it failed or was lost; an update or a move is none. */
  readonly restarts: number;
  /** The newest of them. */
  readonly attempts: readonly AttemptRecord[];
  /** Its newest failures of which the ledger has the last lines, oldest first. */
  readonly lastLines: readonly LastLinesRecord[];
  /** Where it just failed, or was withdrawn from: elsewhere comes first. */
  readonly avoid: string | null;
  /** The newest answer that gave it no place. */
  readonly refused: { readonly code: string; readonly detail: string } | null;
  /** It failed too often, and is not tried again. */
  readonly givenUp: boolean;
}

/** One reservation on a node. Key `<job>/<number>/<generation>`. */
export interface PlacementRecord {
  readonly job: string;
  readonly number: number;
  readonly generation: number;
  readonly nodeId: string;
  /** What it reserves now. */
  readonly resources: Resources;
  /** Ports of the node that it has. */
  readonly ports: readonly string[];
  /** What its predecessors there hand over as they end; it is started then. Null: nothing, or all of it. */
  readonly takesOver: Resources | null;
  /** False: its `delete` is to be ordered, or is on its way. */
  readonly wanted: boolean;
  /** Why it is not wanted; null while it is. */
  readonly stopReason: string | null;
  /** Nobody counts on it: its node was not heard of for too long. It is neither wanted nor stopped. */
  readonly lost: boolean;
  /** It was judged lost, and not found since: what lives on grants was ended by its worker by then. */
  readonly leaseOver: boolean;
  /** Its worker, which stops, said that it has ended it; with its worker it may come back. */
  readonly ended: boolean;
  readonly revision: number;
  /** The worker stops it without a grant for this long, milliseconds; null: it goes on. */
  readonly leaseMs: number | null;
  /** Commit time since when it is known to run, and the incarnation that ran it; 0: it is not. */
  readonly runningSince: number;
  readonly runningIncarnation: number;
  /** The newest command about it. `digest`: of what was ordered to run, where it is on record. */
  readonly commandId: string | null;
  readonly digest?: string;
  /** What it was started with; absent: its job names none. */
  readonly secrets?: readonly GivenSecret[];
  /** It was taken over where it was said to run: nobody here ordered it. */
  readonly takenOver?: true;
  /** By its worker's checks; absent: nothing was said yet, as of one that starts. */
  readonly health?: HealthRecord;
}

export interface HealthRecord {
  readonly status: HealthStatus;
  /** Empty: there is none to give. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** The start of its worker that said so: what one before found need not be so any more. */
  readonly incarnation: number;
}

/** Key: the command's id, `<position>-<index>` of its `CommandIssued`. */
export interface CommandRecord {
  readonly id: string;
  readonly kind: 'deploy' | 'delete' | 'move' | 'replicate';
  readonly nodeId: string;
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly targetNodeId: string | null;
  readonly status: 'issued' | 'delivered' | 'received' | 'ended';
  /** The newest attempt that is on record. */
  readonly attempt: number;
  /** `delete`: why. */
  readonly reason: string | null;
  /** Commit time of its issue, milliseconds since 1970. */
  readonly issuedAt: number;
  /** Incarnation of the node when the command was last (re)opened; 0 when not known. */
  readonly incarnation: number;
  /** Complete states of its worker that were without it while it was under way: ordered again each time. */
  readonly denials: number;
  /** Why it is not sent since it was last (re)opened, as far as it is on record; `at`: commit time of that. */
  readonly held?: { readonly reason: string; readonly at: number };
  /** Number of the change that ended it (grows): the oldest ended ones are forgotten. */
  readonly ended: number;
}

/** What a command to us was answered with, kept for 24 hours of commit time. */
export interface AnswerRecord {
  readonly id: string;
  readonly outcome: JsonObject;
  readonly position: number;
  /** The ledger's age when it was given. */
  readonly age: number;
  /** Grows from one answer to the next: the oldest are forgotten, in the same order after a start. */
  readonly order: number;
}

/** The highest generation ever given to a (job, number) that is gone. Key `<job>/<number>`. */
export interface RetiredRecord {
  readonly generation: number;
  /** Number of the retirement (grows): the oldest are forgotten, raising the floor. */
  readonly order: number;
}

/** Counters of the fold itself. */
export interface CountersRecord {
  /** Generations of forgotten (job, number)s are at most this. */
  readonly generationFloor: number;
  readonly ended: number;
  readonly retired: number;
  /** Milliseconds that passed in the ledger, as far as commits may be believed (answers.fold.ts). */
  readonly age: number;
}
