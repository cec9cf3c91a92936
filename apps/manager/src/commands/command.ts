import type {
  Ack,
  JobDocument,
  Refusal,
  Registered,
  Registration,
  ScheduleAnswer,
  WorkerState,
  WorkerStatus,
} from '@oakring/contracts';
import type {
  DecisionBasis,
  KeyStatement,
  PlacedInstance,
  SealStatement,
  TruncationManifest,
} from '@oakring/events';

/** Every order that the writer takes. Messages are validated before they become one. */
export type Command =
  | {
      readonly type: 'RegisterNode';
      readonly registration: Registration;
      /** What the edge found of the presented token. */
      readonly token: 'absent' | 'valid' | 'wrong';
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
  | { readonly type: 'ScaleJob'; readonly id: string; readonly count: number }
  | { readonly type: 'DeleteJob'; readonly id: string }
  | {
      readonly type: 'MoveInstance';
      readonly id: string;
      readonly instance: number;
      /** The generation that the target was chosen for. */
      readonly generation: number;
      readonly target: Omit<PlacedInstance, 'instance' | 'generation'>;
      readonly basis: DecisionBasis | null;
    }
  | { readonly type: 'RefuseMove'; readonly id: string; readonly refusal: Refusal }
  | { readonly type: 'ApplyPlan'; readonly id: string; readonly answer: ScheduleAnswer }
  | {
      readonly type: 'RefusePlacement';
      readonly id: string;
      readonly code: string;
      readonly detail: string;
    }
  | { readonly type: 'OrderStops'; readonly placements: readonly string[] }
  | { readonly type: 'RecordDelivery'; readonly commandId: string }
  | { readonly type: 'AssumeEnded'; readonly commandId: string }
  | { readonly type: 'DeclareTruncation'; readonly manifest: TruncationManifest }
  | {
      readonly type: 'SealLedger';
      readonly statement: SealStatement;
      readonly fingerprint: string;
      readonly signature: string;
    }
  | {
      readonly type: 'JudgeKey';
      readonly verdict: KeyStatement['verdict'];
      readonly fingerprint: string;
      /** The key that says so. */
      readonly by: string;
      readonly signature: string;
    };

export type CommandType = Command['type'];

/** What each command's caller is answered when it is accepted. */
export interface Answers {
  RegisterNode: Omit<Registered, 'token' | 'periodMs'>;
  RecordWorkerStatus: null;
  RecordAck: null;
  ReconcileNode: null;
  ObserveNode: null;
  /** The job as it was submitted: `position` of the submission and the desired count. */
  SubmitJob: { readonly id: string; readonly position: number; readonly desired: number };
  ScaleJob: JobOrder;
  DeleteJob: JobOrder;
  MoveInstance: JobOrder & {
    readonly instance: number;
    readonly generation: number;
    readonly nodeId: string;
    readonly decision: string;
  };
  RefuseMove: null;
  /** Proposed placements that did not hold when they were checked again. */
  ApplyPlan: { readonly placed: number; readonly rejected: readonly string[] };
  RefusePlacement: null;
  OrderStops: null;
  RecordDelivery: null;
  AssumeEnded: null;
  DeclareTruncation: null;
  SealLedger: null;
  JudgeKey: { readonly fingerprint: string; readonly status: 'counts' | 'revoked' };
}

interface JobOrder {
  readonly id: string;
  readonly status: 'active' | 'deleting';
  readonly desired: number;
  /** Where the order was committed. */
  readonly position: number;
}

/** The caller's name for a request, so that a repetition is answered alike. */
export interface IdempotencyKey {
  /** `<METHOD> <path>#<Idempotency-Key>`. */
  readonly id: string;
  /** SHA-256 of the canonical body. */
  readonly bodyHash: string;
}

export type Outcome<A> =
  | {
      readonly status: 'accepted';
      readonly answer: A;
      /** Position of the commit that holds the outcome (of the first one when repeated). */
      readonly position: number;
      readonly repeated: boolean;
    }
  | { readonly status: 'refused'; readonly refusal: Refusal; readonly position: number };

/** Where commands go in. */
export interface CommandQueue {
  /**
   * Decides the command after those before it and resolves once its events are durable.
   * A refusal is a value. Throws an OakringError when nothing is decided: `overloaded` (queue full),
   * `outcome-unknown` (undecided after 10 s), `log-unavailable`, `shutting-down`.
   */
  submit<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    key?: IdempotencyKey,
  ): Promise<Outcome<Answers[T]>>;
}
