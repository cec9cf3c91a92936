// The second front door: documents of the HTTP interface as classes, whose rules class-validator
// checks. It costs a quarter of a second to load: whoever only speaks of them takes their types from
// the first one.
export {
  DeadLetter,
  DeadLetterPage,
  Stranger,
  StrangerPage,
  EventLine,
  HealthAnswer,
  LeaderProof,
  OpenApiDocument,
  Problem,
} from './answers.js';
export { AnyDecision, type DecisionAnswer } from './decision-answers.js';
export {
  CreateToken,
  TokenAnswer,
  TokenCreated,
  TokenOrderAnswer,
  TokenPage,
  WhoAmIAnswer,
} from './access-documents.js';
export { JoinedAnswer, JoinNode } from './join-documents.js';
export {
  RotateSecret,
  SecretAnswer,
  SecretOrderAnswer,
  SecretPage,
  type SecretUse,
  SetSecret,
} from './secret-documents.js';
export { SubmitJob } from './job-body.js';
export { InstancePage, JobAnswer, JobOrderAnswer, JobPage } from './job-answers.js';
export type { JsonSchema, ShapeClass } from './kinds.js';
export {
  Consistency,
  DiffAnswer,
  CosignaturesTaken,
  KeyJudged,
  LedgerHeadAnswer,
  LedgerKeys,
  LedgerVerified,
} from './ledger-answers.js';
export { LogLine } from './log-answers.js';
export {
  ClusterAnswer,
  NodeAnswer,
  NodeOrderAnswer,
  NodePage,
  NodeTelemetry,
  RegisteredAnswer,
} from './node-answers.js';
export {
  CosignedCheckpoint,
  DrainNode,
  fingerprint,
  JudgeKey,
  LabelNode,
  MoveInstance,
  NodeReason,
  Nothing,
  ReplicateJob,
  usualDrainMs,
} from './order-bodies.js';
export {
  OakestraCandidate,
  OakestraJob,
  OakestraNodeImported,
  OakestraServiceImported,
  type OakestraInstanceImported,
} from './oakestra-import.js';
export { OakestraClusterStatus, OakestraService, OakestraTaken } from './oakestra-documents.js';
export { OakestraWorker, OakestraWorkerAnswer } from './oakestra-worker.js';
export { OutlookAnswer } from './outlook-answers.js';
export { DryRunAnswer, NodeChangesAnswer, planRefusalCodes } from './planning-answers.js';
export { RevisionAnswer, RevisionPage, RollBack } from './revision-answers.js';
export { RegisterNode } from './register-node.js';
export { type KeptJob, RootAnswer } from './root-answers.js';
export { maxJobsPerCall, ScheduleRequest, seedBound } from './schedule-request.js';
export {
  fieldsOf,
  hasFieldsOf,
  instanceOf,
  isOpenShape,
  isShape,
  mayBeLeftOut,
  nameOfShape,
  namesOfShape,
  schemaOf,
  shapeNamed,
} from './shape.js';
export { technologiesOf } from './technology-fields.js';
export { warningsOf } from './unused-fields.js';
