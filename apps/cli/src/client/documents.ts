import type { components } from './openapi.js';

/** What the manager takes and answers, by the names of docs/openapi.json. */
type Schemas = components['schemas'];

export type Cluster = Schemas['Cluster'];
export type Consistency = Schemas['Consistency'];
export type DeadLetter = Schemas['DeadLetter'];
export type Decision = Schemas['Decision'];
export type Diff = Schemas['Diff'];
export type DiffItem = Schemas['DiffItem'];
export type DrainNode = Schemas['DrainNode'];
export type DryRun = Schemas['DryRun'];
export type EventLine = Schemas['EventLine'];
export type ImportedNode = Schemas['OakestraNodeImported'];
export type ImportedService = Schemas['OakestraServiceImported'];
export type Instance = Schemas['Instance'];
export type InstanceStatus = Instance['status'];
export type Job = Schemas['Job'];
export type JobDocument = Schemas['SubmitJob'];
export type JobOrder = Schemas['JobOrder'];
export type JobSummary = Schemas['JobSummary'];
export type JudgeKey = Schemas['JudgeKey'];
export type KeptJob = Schemas['KeptJob'];
export type LedgerHead = Schemas['LedgerHead'];
export type LedgerKey = Schemas['LedgerKey'];
export type LedgerKeys = Schemas['LedgerKeys'];
export type Node = Schemas['Node'];
export type NodeOrder = Schemas['NodeOrder'];
export type NodeReason = Schemas['NodeReason'];
export type NodeStatus = Node['status'];
export type NodeTelemetry = Schemas['NodeTelemetry'];
export type OakestraCandidate = Schemas['OakestraCandidate'];
export type OakestraJob = Schemas['OakestraJob'];
export type Revision = Schemas['Revision'];
export type Root = Schemas['Root'];
export type Stranger = Schemas['Stranger'];
export type TelemetryPoint = Schemas['TelemetryPoint'];
export type Warnings = Schemas['FieldWarning'][];
