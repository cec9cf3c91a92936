export { nodeOrganization } from './access/node-certificate.js';
export {
  byCaller,
  callerIn,
  nodeCaller,
  nodeIn,
  endOfTime,
  openName,
  settingName,
  tokenName,
  tokenNameExpectation,
  withoutTokens,
} from './access/names.js';
export {
  isPermission,
  isRole,
  longestTokenMs,
  mostJoinIds,
  mostJoinUses,
  permissionNames,
  permissions,
  permissionsOf,
  roleNames,
  roles,
  rolesWith,
  rulesOf,
  shortestTokenMs,
  tokenRoles,
  usualTokenMs,
  type Permission,
  type Role,
  type TokenRole,
} from './access/roles.js';
export { errorCatalogue, type ErrorCode, type Refusal } from './errors/catalogue.js';
export {
  explain,
  OakringError,
  problemOf,
  systemCodeOf,
  type Problem,
} from './errors/oakring-error.js';
export {
  idExpectation,
  idOf,
  isDeeperThan,
  isId,
  maxJsonDepth,
  isObject,
  labelsOf,
  maxHttpBodyBytes,
  parseJsonDocument,
  parseJsonObject,
  refused,
  shortened,
  shownIn,
  type JsonObject,
  type Parsed,
} from './parsing/parsing.js';
export {
  durationOf,
  localZone,
  momentForms,
  momentOf,
  timeOf,
  type Moment,
} from './parsing/moment.js';
export { cutText, endOfText } from './parsing/text.js';
export { isTraceparent, traceIdOf, traceparentOf } from './trace-context.js';
export {
  isSecretReference,
  maxSecretCharacters,
  secretName,
  secretsNamedIn,
  type SecretReference,
} from './http/job-secrets.js';
export { technologies, type Technology } from './messages/technology.js';
export {
  resourceCatalogue,
  resourceNames,
  type ResourceKind,
  type ResourceName,
  type Resources,
} from './resources/catalogue.js';
export {
  amountOf,
  assumedCapacity,
  covers,
  defaultRequest,
  isNothing,
  least,
  minus,
  most,
  noResources,
  plus,
  resourcesFrom,
  resourcesOf,
  times,
} from './resources/resources.js';
export { maxJobCount } from './messages/addresses.js';
export { workerComesBack } from './messages/coming-back.js';
export { checkedContent } from './messages/content.js';
export { parseRegistration, type Registration } from './messages/registration.js';
export type { Registered } from './messages/registered.js';
export type { GpuUse, InstanceReading, MachineReading, Reading } from './messages/telemetry.js';
export type { WorkerStatus } from './messages/status.js';
export type { Ack, AckPhase, Fault } from './messages/ack.js';
export { newestLines } from './messages/last-lines.js';
export type {
  DiskFull,
  HealthStatus,
  ReportedHealth,
  ReportedInstance,
  ReportedStatus,
  WorkerState,
} from './messages/state.js';
export type { HistoryEntry, WorkerHistory } from './messages/history.js';
export type { HistoryAccepted } from './messages/accepted.js';
export type { StateRequest } from './messages/request.js';
export { leaseRanOut, type LeaseGrant } from './messages/grant.js';
export { stateHash, type HashedInstance } from './messages/state-hash.js';
export type { CommandKind, Control } from './messages/control.js';
export { mostStreamBytes, type Call, type HeardCall } from './messages/call.js';
export { ReceiveWindow, SendCredit } from './exec/credit.js';
export {
  execFrame,
  execPiece,
  execProtocol,
  maxExecFrameBytes,
  maxExecPieceBytes,
  parseExecAsked,
  parseExecTold,
  type ExecAsked,
  type ExecStart,
  type ExecTold,
} from './exec/frames.js';
export type { StreamSaid } from './messages/stream.js';
export { logLine, type LogLineSaid } from './messages/log-line.js';
export type { SaidByWorkers, SaidToWorkers } from './messages/native-wire.js';
export {
  isJobAnswer,
  jobOf,
  parseRequirement,
  type Constraint,
  type JobDocument,
  type Requirement,
} from './http/job-document.js';
export { changesPhrase, documentChanges, type DocumentChange } from './http/document-changes.js';
export { placeIn, type Place, type RootConstraint } from './http/root-constraints.js';
export type { NeedConstraint } from './http/job-needs.js';
export {
  isInFolder,
  lowPortsFeature,
  machineAsksOf,
  networkFeature,
  type MachineAsks,
} from './http/machine-asks.js';
export type { OwnVariables } from './http/job-obstacles.js';
export { portsOf } from './http/asked-ports.js';
export { clash, portKey } from './http/port-keys.js';
export { imageIsRun, parseCommand, parseEnvironment } from './http/job-run.js';
export {
  healthCheckOf,
  healthyWithinMs,
  type HealthCheck,
  type HealthProbe,
} from './http/job-health.js';
export { parsePorts, type PublishedPort } from './http/job-ports.js';
export { simulatedLimits } from './http/simulated-limits.js';
export {
  parseProgram,
  userExpectation,
  userPattern,
  type Program,
  type PullChoice,
} from './http/job-program.js';
export { parseVolumes, type Volume } from './http/job-volumes.js';
export { carries, labelTests, ownLabels, type LabelTest } from './http/job-labels.js';
export { cpuMillisOf, cpuText, memoryMiBOf, memoryText } from './resources/quantity.js';
export { requestedOf } from './resources/requested.js';
export { runPartOf } from './http/run-part.js';
export { nearestOf } from './http/nearest-field.js';
export {
  defaultPolicy,
  type JobPolicy,
  type OnDisconnect,
  type Restart,
  type Update,
} from './http/job-policy.js';
export type { ReconcileChoice } from './http/usual-policy.js';
// Types alone: what they are classes for is behind the second front door (http/index.ts).
export type * from './http/plain.js';
export type { InstanceStatus, JobStatus } from './http/job-answers.js';
export type { JoinedBroker } from './http/join-documents.js';
export type { NodeStatus } from './http/node-answers.js';
export { nodeChangesPath, schedulePath } from './http/scheduling.js';
export type {
  DecisionReads,
  FreedThere,
  FilterCounts,
  ForeignLoad,
  HeldPort,
  NodeChanges,
  NodeFacts,
  PlacementRefusal,
  PlacementScore,
  ProposedPlacement,
  ScheduleAnswer,
  ScheduleAnswers,
} from './http/scheduling.js';
export { bracketed, reachable } from './settings/addresses.js';
export { readSettings, type Setting, type Settings } from './settings/read-settings.js';
export { secretPartOf, shownUrl, withoutCredentials } from './settings/shown-url.js';
export {
  allowanceCatalogue,
  joinCatalogue,
  runtimeNames,
  settingsCatalogue,
  workerCatalogue,
} from './settings/catalogue.js';
export { unknownSettings } from './settings/unknown-settings.js';
