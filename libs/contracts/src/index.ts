export { errorCatalogue, type ErrorCode, type Refusal } from './errors/catalogue.js';
export {
  explain,
  OakringError,
  problemOf,
  systemCodeOf,
  type Problem,
} from './errors/oakring-error.js';
export {
  downTopicKinds,
  maxHttpBodyBytes,
  maxMqttPayloadBytes,
  parseTopic,
  topicOf,
  upSubscriptions,
  upTopicKinds,
  type DownTopicKind,
  type UpTopicKind,
} from './topics/native-topics.js';
export {
  idExpectation,
  idOf,
  isDeeperThan,
  isId,
  maxJsonDepth,
  isObject,
  parseJsonDocument,
  parseJsonObject,
  refused,
  shortened,
  type JsonObject,
  type Parsed,
} from './messages/parsing.js';
export { checkedContent } from './messages/content.js';
export { cutText, endOfText } from './messages/text.js';
export { technologies, type Technology } from './messages/technology.js';
export {
  assumedCapacity,
  defaultRequest,
  resourcesOf,
  type Resources,
} from './messages/resources.js';
export { parseRegistration, type Registered, type Registration } from './messages/registration.js';
export {
  maxJobCount,
  parseReading,
  type InstanceReading,
  type Reading,
} from './messages/telemetry.js';
export {
  parseAck,
  parseWorkerState,
  parseWorkerStatus,
  type Ack,
  type AckPhase,
  type Fault,
  type ReportedInstance,
  type ReportedStatus,
  type StateRequest,
  type WorkerState,
  type WorkerStatus,
} from './messages/worker-reports.js';
export {
  leaseRanOut,
  parseWorkerHistory,
  type HistoryAccepted,
  type HistoryEntry,
  type LeaseGrant,
  type WorkerHistory,
} from './messages/worker-history.js';
export { stateHash, type HashedInstance } from './messages/state-hash.js';
export { commandKinds, type CommandKind, type Control } from './messages/control.js';
export {
  countOf,
  isJobAnswer,
  parseJobDocument,
  parseRequirement,
  type Constraint,
  type JobDocument,
  type Requirement,
} from './http/job-document.js';
export { imageIsRun, parseCommand, parseEnvironment, runPartOf } from './http/job-run.js';
export { nearestOf, warningsOf, type FieldWarning } from './http/unused-fields.js';
export {
  defaultPolicy,
  parseJobPolicy,
  reconcileChoices,
  type JobPolicy,
  type OnDisconnect,
  type ReconcileChoice,
  type Restart,
  type Update,
} from './http/job-policy.js';
export type { ClusterAnswer, NodeFlags, NodeStatus } from './http/cluster-answers.js';
export type {
  DeadLetter,
  EventLine,
  InstanceAnswer,
  InstanceStatus,
  JobAnswer,
  JobOrderAnswer,
  JobStatus,
  JobSummary,
  FailedAttempt,
  NodeAnswer,
  RolloutAnswer,
  Page,
  DiffAnswer,
  DiffItem,
  LedgerKey,
  LedgerKeys,
  NodeTelemetry,
  TelemetryPoint,
} from './http/answers.js';
export type {
  FilterCounts,
  ForeignLoad,
  NodeChanges,
  NodeFacts,
  PlacementRefusal,
  PlacementScore,
  ProposedPlacement,
  ScheduleAnswer,
  ScheduleAnswers,
  ScheduleJob,
  ScheduleRequest,
} from './http/scheduling.js';
export { isLoopbackAddress, refuseOpenListener, type Listener } from './settings/open-listener.js';
export { readSettings, type Setting, type Settings } from './settings/read-settings.js';
export { secretPartOf, shownUrl, withoutCredentials } from './settings/shown-url.js';
export { runtimeNames, settingsCatalogue, workerCatalogue } from './settings/catalogue.js';
export { unknownSettings } from './settings/unknown-settings.js';
