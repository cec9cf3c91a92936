import type * as answers from './answers.js';
import type * as job from './job-answers.js';
import type * as body from './job-body.js';
import type * as ledger from './ledger-answers.js';
import type * as node from './node-answers.js';
import type * as revision from './revision-answers.js';
import type * as schedule from './schedule-request.js';

/** A document as it is sent: an object with its fields, of no class. */
type Plain<T> = { readonly [K in keyof T]: T[K] };

export type ClusterAnswer = Plain<node.ClusterAnswer>;
export type DeadLetter = Plain<answers.DeadLetter>;
export type DiffAnswer = Plain<ledger.DiffAnswer>;
export type DiffItem = Plain<ledger.DiffItem>;
export type EventLine = Plain<answers.EventLine>;
export type FailedAttempt = Plain<job.FailedAttempt>;
export type FieldWarning = Plain<answers.FieldWarning>;
export type InstanceAnswer = Plain<job.InstanceAnswer>;
export type InstanceSummary = Plain<job.InstanceSummary>;
export type JobAnswer = Plain<job.JobAnswer>;
export type JobOrderAnswer = Plain<job.JobOrderAnswer>;
export type JobSummary = Plain<job.JobSummary>;
export type LedgerKey = Plain<ledger.LedgerKey>;
export type LedgerKeys = Plain<ledger.LedgerKeys>;
export type NodeAnswer = Plain<node.NodeAnswer>;
export type NodeFlags = Plain<node.NodeFlags>;
export type NodeTelemetry = Plain<node.NodeTelemetry>;
export type Page<T> = answers.Page<T>;
export type Revision = Plain<revision.Revision>;
export type RevisionAnswer = Plain<revision.RevisionAnswer>;
export type RolloutAnswer = Plain<job.RolloutAnswer>;
export type ScheduleJob = Plain<schedule.ScheduleJob>;
export type ScheduleRequest = Plain<schedule.ScheduleRequest>;
export type SubmitJob = Plain<body.SubmitJob>;
export type TelemetryPoint = Plain<node.TelemetryPoint>;
export type Used = Plain<node.Used>;
