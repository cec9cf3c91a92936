import type {
  Ack,
  JobDocument,
  JobOrderAnswer,
  PlacementRefusal,
  Refusal,
  Registration,
  ScheduleAnswer,
  WorkerHistory,
  WorkerState,
  WorkerStatus,
} from '@oakring/contracts';
import type { DecisionBasis, EventData, PlacedInstance } from '@oakring/events';
import type { TruncationManifest } from '@oakring/telemetry';
import type { AccessOrder } from './access-order.js';
import type { SecretOrder } from './secret-order.js';
import type { EvidenceOrder } from './evidence-order.js';
import type { NodeOrder, RegistrationAnswer } from './node-order.js';

import type { CommandOrigin } from './origin.js';
import type { IdempotencyKey, Outcome } from './outcome.js';

export type { IdempotencyKey, Outcome };

/** Every order that the writer takes. Messages are validated before they become one. */
export type Command =
  | {
      readonly type: 'RegisterNode';
      readonly registration: Registration;
      /** In which it was said; absent: the usual one. */
      readonly dialect?: string;
      /**
       * Its worker counts no starts, and has ended all that it ran before it registers: this is its next
       * start. Who submits it has made sure that it is the same machine.
       */
      readonly startsAnew?: true;
      /** What the edge found of the presented token. `credential`: none is needed, the broker knows whose word it is. */
      readonly token: 'absent' | 'valid' | 'wrong' | 'credential';
    }
  | {
      readonly type: 'RecordWorkerStatus';
      readonly nodeId: string;
      readonly status: WorkerStatus;
      readonly retained: boolean;
    }
  | { readonly type: 'RecordAck'; readonly nodeId: string; readonly ack: Ack }
  | {
      readonly type: 'ReconcileNode';
      readonly nodeId: string;
      readonly state: WorkerState;
      /** True when it echoes a request that was published after every order of this node was delivered. */
      readonly provesAbsence: boolean;
      /** `<job>/<instance>` of what it shows and cannot be told; absent: its `state` says how many there are. */
      readonly unreadable?: readonly string[];
    }
  | { readonly type: 'ConfirmState'; readonly nodeId: string; readonly incarnation: number | null }
  | { readonly type: 'RecordRival'; readonly nodeId: string; readonly incarnation: number }
  | { readonly type: 'RecordHistory'; readonly nodeId: string; readonly history: WorkerHistory }
  | { readonly type: 'OrderNode'; readonly id: string; readonly order: NodeOrder }
  | {
      readonly type: 'EndDrain';
      readonly id: string;
      readonly outcome: 'done' | 'incomplete';
      readonly reason: string;
    }
  | {
      readonly type: 'ObserveStorm';
      readonly seen: 'begun' | 'over';
      readonly silent: number;
      readonly ready: number;
      readonly reason: string;
    }
  /** Since when the link to the broker is gone; null: all that come late after an outage could be back. */
  | { readonly type: 'ObserveLink'; readonly lostSince: number | null }
  | {
      readonly type: 'DeclareLost';
      readonly nodeId: string;
      readonly placements: readonly string[];
      readonly reason: string;
    }
  | {
      readonly type: 'ObserveNode';
      readonly nodeId: string;
      readonly incarnation: number;
      readonly seen: 'alive' | 'silent' | 'disconnected' | 'lost';
      readonly reason: string;
    }
  | {
      readonly type: 'SubmitJob';
      readonly id: string;
      readonly job: JobDocument;
      readonly bodyHash: string;
    }
  | {
      readonly type: 'UpdateJob';
      readonly id: string;
      readonly job: JobDocument;
      readonly bodyHash: string;
      /** Position that the caller saw the job at; null: any. */
      readonly ifPosition: number | null;
      /** What it was planned on: a position, a revision; absent: it was not. */
      readonly planned?: { readonly position: number | null; readonly revision: number | null };
      /** The revision whose document it is: as many instances as now are to have it. */
      readonly restores?: number;
    }
  | { readonly type: 'RestartJob'; readonly id: string }
  /** A root's order: its job is to have an instance of this number. */
  | {
      readonly type: 'OrderInstance';
      readonly id: string;
      readonly job: JobDocument;
      /** Of what of its document stays the same from one order to the next. */
      readonly bodyHash: string;
      readonly instance: number;
      /** What the root knew us by as it came, as far as that was on record; null: none had taken us in. */
      readonly root: string | null;
    }
  | {
      readonly type: 'EndInstance';
      readonly id: string;
      readonly instance: number;
      /** As that of an order. */
      readonly root: string | null;
    }
  /** One of a root's that another orchestrator had started, as far as that one knew. */
  | {
      readonly type: 'TakeOverInstance';
      readonly id: string;
      readonly job: JobDocument;
      readonly bodyHash: string;
      readonly instance: number;
      /** Where; null: nowhere, it is to be placed. */
      readonly nodeId: string | null;
      readonly hasCompleted: boolean;
      /** Also into a ledger that has jobs of its own. */
      readonly force?: boolean;
    }
  /** A root's order: all numbers of its job. */
  | { readonly type: 'DismissJob'; readonly id: string }
  /** What a dismissal asked for, once its root is known to remember us. */
  | { readonly type: 'ObeyDismissal'; readonly id: string }
  /** The root took us in, and knows us by this id. */
  | {
      readonly type: 'RecordRoot';
      readonly root: string;
      /** Where the ledger stood when the root was asked: what it ordered behind it, it did as who it is now. */
      readonly since?: number;
    }
  /** The root took a report that says that these have ended here without its asking: `<job>/<number>`. */
  | { readonly type: 'RecordRootTold'; readonly instances: readonly string[] }
  | {
      readonly type: 'ReplaceInstance';
      readonly id: string;
      readonly instance: number;
      readonly generation: number;
      readonly reason: string;
      /** Its successor's place, and the revision that it was found for. */
      readonly target: Omit<PlacedInstance, 'instance' | 'generation'>;
      readonly revision: number;
      readonly basis: DecisionBasis;
    }
  /** Its successor is started beside it, and takes over once it serves. */
  | {
      readonly type: 'SurgeInstance';
      readonly id: string;
      readonly instance: number;
      readonly generation: number;
      /** Its successor's place, and the revision that it was found for. */
      readonly target: Omit<PlacedInstance, 'instance' | 'generation'>;
      readonly revision: number;
      readonly basis: DecisionBasis;
    }
  /** The successor of this generation serves, or is all that there is. */
  | {
      readonly type: 'CompleteSurge';
      readonly id: string;
      readonly instance: number;
      readonly generation: number;
    }
  | {
      readonly type: 'RefuseReplacement';
      readonly id: string;
      readonly instance: number;
      readonly refusal: Omit<PlacementRefusal, 'code'> & { readonly code: string };
      /** Null: the scheduler did not answer. */
      readonly basis: DecisionBasis | null;
    }
  | { readonly type: 'CompleteRollout'; readonly id: string; readonly revision: number }
  /** It found no place for its next one for as long as the job allows. */
  | {
      readonly type: 'GiveUpRollout';
      readonly id: string;
      readonly revision: number;
      readonly reason: string;
    }
  | {
      readonly type: 'RetryInstance';
      readonly id: string;
      readonly instance: number;
      readonly generation: number;
    }
  /** An instance that is unhealthy, or should have been called healthy by now. */
  | {
      readonly type: 'JudgeHealth';
      readonly id: string;
      readonly instance: number;
      readonly generation: number;
      /** How long it was waited for; null: it counts only if it is unhealthy. */
      readonly late: string | null;
    }
  | {
      readonly type: 'ScaleJob';
      readonly id: string;
      readonly count: number;
      /** Also what a root numbers. */
      readonly force?: boolean;
    }
  | { readonly type: 'DeleteJob'; readonly id: string; readonly force?: boolean }
  | {
      readonly type: 'MoveInstance';
      readonly id: string;
      readonly instance: number;
      /** The generation that the target was chosen for. */
      readonly generation: number;
      readonly target: Omit<PlacedInstance, 'instance' | 'generation'>;
      /** By whoever orders it; absent: the scheduler chose it. */
      readonly isTargetNamed?: boolean;
      readonly basis: DecisionBasis | null;
    }
  /** Somebody is to run a command in an instance. */
  | {
      readonly type: 'BeginExec';
      readonly id: string;
      readonly instance: number;
      readonly command: readonly string[];
      /** With a terminal. */
      readonly tty: boolean;
    }
  | {
      readonly type: 'EndExec';
      readonly end: Omit<EventData<'ExecEnded'>, 'instance' | 'generation' | 'nodeId'>;
    }
  | { readonly type: 'CancelMove'; readonly id: string; readonly instance: number }
  | { readonly type: 'RefuseMove'; readonly id: string; readonly refusal: Refusal }
  | {
      readonly type: 'ApplyPlan';
      readonly id: string;
      readonly answer: ScheduleAnswer;
      /** Instances that just failed on a node are not placed there: elsewhere was not asked yet. */
      readonly avoiding?: boolean;
    }
  | {
      readonly type: 'RefusePlacement';
      readonly id: string;
      readonly code: string;
      readonly detail: string;
    }
  | { readonly type: 'OrderStarts'; readonly placements: readonly string[] }
  | {
      readonly type: 'RecordRefusals';
      readonly refusals: EventData<'MessagesRefused'>;
    }
  | AccessOrder
  | SecretOrder
  | { readonly type: 'OrderStops'; readonly placements: readonly string[] }
  /** An order that cannot be sent: not for a while, but as it is. */
  | { readonly type: 'FailCommand'; readonly commandId: string; readonly reason: string }
  | { readonly type: 'RecordDelivery'; readonly commandId: string }
  | { readonly type: 'RecordDispatch'; readonly commandId: string; readonly attempt: number }
  | { readonly type: 'HoldCommand'; readonly commandId: string; readonly reason: string }
  | { readonly type: 'ExpireCommand'; readonly commandId: string; readonly reason: string }
  | { readonly type: 'AssumeEnded'; readonly commandId: string }
  | { readonly type: 'DeclareTruncation'; readonly manifest: TruncationManifest }
  | EvidenceOrder;

export type CommandType = Command['type'];

/** What each command's caller is answered when it is accepted. */
export interface Answers {
  RegisterNode: RegistrationAnswer;
  RecordWorkerStatus: null;
  RecordAck: null;
  ReconcileNode: null;
  ConfirmState: null;
  /** What the worker may forget. */
  RecordHistory: { readonly upTo: number; readonly epoch: number; readonly ledger?: string };
  RecordRival: null;
  OrderNode: { readonly id: string; readonly position: number };
  EndDrain: null;
  ObserveStorm: null;
  ObserveLink: null;
  DeclareLost: null;
  ObserveNode: null;
  /** The job as it was submitted: `position` of the submission and the desired count. */
  SubmitJob: { readonly id: string; readonly position: number; readonly desired: number };
  /** `restarts`: instances are replaced. False: nothing that runs is touched. */
  UpdateJob: JobOrder & { readonly revision: number; readonly restarts: boolean };
  RestartJob: Answers['UpdateJob'];
  OrderInstance: Pick<JobOrder, 'id' | 'position'>;
  EndInstance: null;
  /** False: it was there already, and is as it was. */
  TakeOverInstance: { readonly taken: boolean };
  DismissJob: null;
  ObeyDismissal: null;
  /** Whether it is the one that it knew us by before. */
  RecordRoot: { readonly remembers: boolean };
  RecordRootTold: null;
  ReplaceInstance: null;
  SurgeInstance: null;
  CompleteSurge: null;
  RefuseReplacement: null;
  CompleteRollout: null;
  GiveUpRollout: null;
  RetryInstance: null;
  JudgeHealth: null;
  ScaleJob: JobOrder;
  CancelMove: JobOrder & { readonly instance: number };
  DeleteJob: JobOrder;
  MoveInstance: JobOrder & {
    readonly instance: number;
    readonly generation: number;
    readonly nodeId: string;
    readonly decision: string;
  };
  RefuseMove: null;
  /** What it is known by, and where the instance is. */
  BeginExec: {
    readonly execId: string;
    readonly nodeId: string;
    readonly generation: number;
    readonly technology: string;
  };
  EndExec: null;
  /** Proposed placements that did not hold when they were checked again. */
  ApplyPlan: { readonly placed: number; readonly rejected: readonly string[] };
  RefusePlacement: null;
  OrderStarts: null;
  RecordRefusals: null;
  GrantToken: { readonly name: string; readonly expiresAt: number; readonly position: number };
  RevokeToken: { readonly name: string; readonly position: number };
  /** Where its credential is as it is. */
  JoinNode: { readonly node: string; readonly position: number };
  RecordRefusedRequests: null;
  SetSecret: SecretOrdered;
  RemoveSecret: SecretOrdered;
  RecordShredding: null;
  OrderStops: null;
  FailCommand: null;
  RecordDelivery: null;
  RecordDispatch: null;
  HoldCommand: null;
  ExpireCommand: null;
  AssumeEnded: null;
  DeclareTruncation: null;
  SealLedger: null;
  StampCheckpoint: null;
  CosignCheckpoint: null;
  JudgeKey: { readonly fingerprint: string; readonly status: 'counts' | 'revoked' };
}

type SecretOrdered = {
  readonly name: string;
  readonly version: number;
  readonly position: number;
};

type JobOrder = Pick<JobOrderAnswer, 'id' | 'status' | 'desired' | 'position'>;

/** What is said in the stead of a worker, from what it shows. */
export type Inferred = Extract<Command, { type: 'RecordAck' | 'ReconcileNode' }>;

/** Where commands go in. */
export interface CommandQueue {
  /**
   * Decides the command after those before it and resolves once its events are durable.
   * A refusal is a value. Throws an OakringError when nothing is decided: `overloaded` (queue full),
   * `outcome-unknown` (undecided after 10 s), `log-unavailable`, `shutting-down`.
   *
   * `origin`: who asks, and why; it is in every event that comes of it.
   *
   * `stillTrue` is for what was observed rather than ordered: it is asked when the command's turn has
   * come, and one that is no longer true is dropped without an event (accepted, and repeated).
   */
  submit<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    origin: CommandOrigin,
    key?: IdempotencyKey,
    stillTrue?: () => boolean,
  ): Promise<Outcome<Answers[T]>>;
}
