import type { EventType } from '@oakring/events';

/** What a report tells, in its order, by the question that each part answers. */
export const chapters = {
  leaders: 'Who led',
  orders: 'Who ordered what',
  refusals: 'What was refused',
  instances: 'What became of instances',
  nodes: 'What became of nodes',
  keys: 'Keys and checkpoints',
  telemetry: 'What telemetry was dropped',
} as const;

export type ChapterName = keyof typeof chapters;

/** Where an event is told; null: it is counted, and `oakring events` tells it. */
export const chapterOf: Readonly<Record<EventType, ChapterName | null>> = {
  ClusterFounded: 'leaders',
  // By the list of epochs, which knows how each ended.
  EpochOpened: null,

  JobSubmitted: 'orders',
  JobScaled: 'orders',
  JobUpdated: 'orders',
  JobDismissed: 'orders',
  JobDeletionOrdered: 'orders',
  MoveStarted: 'orders',
  NodeCordoned: 'orders',
  NodeUncordoned: 'orders',
  NodeDrainStarted: 'orders',
  NodeDrainEnded: 'orders',
  NodeQuarantined: 'orders',
  NodeReleased: 'orders',
  NodeLabelled: 'orders',
  NodeForgotten: 'orders',
  RequestAnswered: 'orders',

  RequestRefused: 'refusals',
  MessagesRefused: 'refusals',
  JobSubmissionRefused: 'refusals',
  JobScaleRefused: 'refusals',
  JobDeletionRefused: 'refusals',
  JobUpdateRefused: 'refusals',
  MoveRefused: 'refusals',
  NodeOrderRefused: 'refusals',
  NodeRegistrationRefused: 'refusals',

  InstanceLost: 'instances',
  InstanceRecovered: 'instances',
  InstanceWithdrawn: 'instances',
  InstanceRetried: 'instances',
  InstanceGivenUp: 'instances',
  InstanceHealthChanged: 'instances',
  InstanceFailedChecks: 'instances',
  OriginalDropped: 'instances',
  UnexpectedInstanceFound: 'instances',
  PlacementRefused: 'instances',
  MoveCompleted: 'instances',
  MoveAborted: 'instances',
  RolloutCompleted: 'instances',
  RolloutFailed: 'instances',
  CommandFailed: 'instances',
  CommandExpired: 'instances',
  JobCompleted: 'instances',
  JobEnded: 'instances',

  LedgerRestored: 'leaders',
  RootRegistered: 'leaders',
  RootForgot: 'leaders',
  RootToldOfEnds: 'leaders',

  StormBegan: 'nodes',
  StormEnded: 'nodes',
  NodeRegistered: 'nodes',
  NodeClaimedTwice: 'nodes',
  NodeBecameReady: 'nodes',
  NodeSuspected: 'nodes',
  NodeDisconnected: 'nodes',
  NodeLost: 'nodes',
  NodeStopped: 'nodes',
  DriftDetected: 'nodes',
  WorkerHistoryRecorded: 'nodes',

  CatalogueChanged: 'keys',
  KeyPresented: 'keys',
  KeyEndorsed: 'keys',
  KeyRevoked: 'keys',
  CheckpointSigned: 'keys',
  CheckpointStamped: 'keys',
  CheckpointCosigned: 'keys',
  LedgerSealed: 'keys',

  TelemetryTruncated: 'telemetry',

  InstancesPlaced: null,
  InstanceReported: null,
  CommandIssued: null,
  CommandDelivered: null,
  CommandReceived: null,
  CommandSucceeded: null,
  CommandSuperseded: null,
  CommandReopened: null,
  CommandDispatched: null,
};
