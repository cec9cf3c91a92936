import {
  checkpointsStream,
  emptyFrontier,
  subjectOf,
  withLeaf,
  type Commit,
  type StoredEvent,
} from '@oakring/events';
import { clusterKey, ledgerKey, type ClusterState } from '../cluster-state.js';
import { endTokens, evolveAccess, isAccessEvent } from './access.fold.js';
import { answersGiven } from './answers.fold.js';
import { evolveCredential, isCredentialEvent } from './credentials.fold.js';
import {
  commandDelivered,
  commandDispatched,
  commandExpired,
  commandFailed,
  commandHeld,
  commandIssued,
  commandReceived,
  commandReopened,
  commandSucceeded,
  commandSuperseded,
  instanceReported,
} from './commands.fold.js';
import { evolveEvidence, restsIn } from './evidence.fold.js';
import { execEnded, execStarted } from './execs.fold.js';
import { evolveJob, isJobEvent, type JobEvent } from './job-events.fold.js';
import { jobSubmitted, rootForgot, rootRegistered } from './jobs.fold.js';
import {
  isNodeOrderEvent,
  nodeOrdered,
  nodeRegistered,
  nodeStepped,
  nodeStopped,
} from './nodes.fold.js';
import type { RestoredRecord } from '../records.js';
import { forgetParted } from './parted.fold.js';
import { unexpectedFound } from './placements.fold.js';
import { evolveSecrets, isSecretEvent } from './secrets.fold.js';

/** Folds one event into the state, in place. Total: an event that means nothing here changes nothing. */
export function evolve(state: ClusterState, event: StoredEvent): void {
  if (isJobEvent(event)) return evolveOfJob(state, event);
  if (isNodeOrderEvent(event)) return nodeOrdered(state, event);
  if (isAccessEvent(event)) return evolveAccess(state, event);
  if (isCredentialEvent(event)) return evolveCredential(state, event);
  if (isSecretEvent(event)) return evolveSecrets(state, event);
  switch (event.type) {
    case 'ClusterFounded':
    case 'EpochOpened':
    case 'StormBegan':
    case 'StormEnded':
    case 'BrokerLinkLost':
    case 'LateReturnsOver':
    case 'RootRegistered':
    case 'RootForgot':
    case 'RootToldOfEnds':
    case 'LedgerRestored':
      evolveCluster(state, event);
      break;
    case 'NodeRegistered':
    case 'NodeBecameReady':
    case 'NodeSuspected':
    case 'NodeDisconnected':
    case 'NodeLost':
    case 'NodeStopped':
      evolveNode(state, event);
      break;
    case 'JobSubmitted':
      jobSubmitted(state, event, event.data);
      break;
    case 'CommandIssued':
    case 'CommandReopened':
    case 'CommandDispatched':
    case 'CommandDelivered':
    case 'CommandReceived':
    case 'CommandSucceeded':
    case 'CommandFailed':
    case 'CommandExpired':
    case 'CommandHeld':
    case 'CommandSuperseded':
      evolveCommand(state, event);
      break;
    case 'ExecStarted':
      execStarted(state, event, event.data);
      break;
    case 'ExecEnded':
      execEnded(state, event.data);
      break;
    case 'InstanceReported':
      instanceReported(state, event, event.data);
      break;
    case 'UnexpectedInstanceFound':
      unexpectedFound(state, event, subjectOf(event), event.data);
      break;
    case 'CatalogueChanged':
    case 'KeyPresented':
    case 'KeyEndorsed':
    case 'KeyRevoked':
    case 'CheckpointSigned':
    case 'CheckpointStamped':
    case 'CheckpointCosigned':
    case 'LedgerSealed':
      evolveEvidence(state, event);
      break;
    // Refusals and manifests are for the record; no view shows them.
    case 'JobSubmissionRefused':
    case 'JobScaleRefused':
    case 'JobDeletionRefused':
    case 'JobUpdateRefused':
    case 'NodeOrderRefused':
    case 'MoveRefused':
    case 'ExecRefused':
    case 'NodeRegistrationRefused':
    case 'MessagesRefused':
    case 'RequestAnswered':
    case 'RequestRefused':
    case 'TelemetryTruncated':
      break;
  }
}

const unsaid = {
  ...{ catalogue: null, root: null, restored: null, keyEvents: 0, unheardSince: null },
} as const;

type ClusterEvent = Extract<
  StoredEvent,
  {
    type:
      | 'ClusterFounded'
      | 'EpochOpened'
      | 'StormBegan'
      | 'StormEnded'
      | 'BrokerLinkLost'
      | 'LateReturnsOver'
      | 'RootRegistered'
      | 'RootForgot'
      | 'RootToldOfEnds'
      | 'LedgerRestored';
  }
>;

function evolveCluster(state: ClusterState, event: ClusterEvent): void {
  if (event.type === 'ClusterFounded') {
    state.cluster.set(clusterKey, { ...event.data, epoch: 0, storm: null, ...unsaid });
  }
  const cluster = state.cluster.get(clusterKey);
  if (cluster === undefined) return;
  const { type, at, data } = event;
  if (type === 'EpochOpened') {
    const { epoch } = data;
    const restored = takenUp(cluster.restored, { epoch, at });
    // Nobody may have heard since the last word of whoever led before.
    const { head } = state;
    const unheardSince = cluster.unheardSince ?? (head.position === 0 ? at : head.at);
    state.cluster.set(clusterKey, { ...cluster, epoch, restored, unheardSince });
  }
  if (type === 'LedgerRestored') {
    const { position, generationsAbove } = data;
    const restored = { position, epoch: cluster.epoch, generationsAbove, takenUp: null };
    state.cluster.set(clusterKey, { ...cluster, restored });
    endTokens(state, event);
  }
  if (type === 'StormBegan') {
    state.cluster.set(clusterKey, { ...cluster, storm: { since: at, reason: data.reason } });
  }
  if (type === 'BrokerLinkLost') {
    const unheardSince = cluster.unheardSince ?? data.since;
    state.cluster.set(clusterKey, { ...cluster, unheardSince });
  }
  if (type === 'LateReturnsOver') state.cluster.set(clusterKey, { ...cluster, unheardSince: null });
  if (type === 'RootRegistered') rootRegistered(state, cluster, data.root);
  if (type === 'RootForgot') rootForgot(state, cluster, data);
  if (type === 'RootToldOfEnds') forgetParted(state, data.instances);
  if (type === 'StormEnded') state.cluster.set(clusterKey, { ...cluster, storm: null });
}

/** The epoch that the restoring itself opened came before it was stated. */
function takenUp(
  restored: RestoredRecord | null,
  by: NonNullable<RestoredRecord['takenUp']>,
): RestoredRecord | null {
  return restored === null || restored.takenUp !== null ? restored : { ...restored, takenUp: by };
}

type NodeEvent = Extract<
  StoredEvent,
  {
    type:
      | 'NodeRegistered'
      | 'NodeBecameReady'
      | 'NodeSuspected'
      | 'NodeDisconnected'
      | 'NodeLost'
      | 'NodeStopped';
  }
>;

function evolveNode(state: ClusterState, event: NodeEvent): void {
  switch (event.type) {
    case 'NodeRegistered':
      nodeRegistered(state, event, event.data);
      break;
    case 'NodeBecameReady':
      nodeStepped(state, event, 'ready', event.data.reason);
      break;
    case 'NodeSuspected':
      nodeStepped(state, event, 'suspect', event.data.reason);
      break;
    case 'NodeStopped':
      nodeStopped(state, event, event.data);
      break;
    case 'NodeDisconnected':
      nodeStepped(state, event, 'disconnected', event.data.reason);
      break;
    case 'NodeLost':
      nodeStepped(state, event, 'lost', event.data.reason);
      break;
  }
}

type CommandEvent = Extract<StoredEvent, { type: `Command${string}` }>;

function evolveCommand(state: ClusterState, event: CommandEvent): void {
  switch (event.type) {
    case 'CommandIssued':
      commandIssued(state, event, event.data);
      break;
    case 'CommandReopened':
      commandReopened(state, event, event.data);
      break;
    case 'CommandDispatched':
      commandDispatched(state, event.data);
      break;
    case 'CommandExpired':
      commandExpired(state, event, event.data);
      break;
    case 'CommandHeld':
      commandHeld(state, event, event.data);
      break;
    case 'CommandDelivered':
      commandDelivered(state, event, event.data.commandId);
      break;
    case 'CommandReceived':
      commandReceived(state, event, event.data.commandId);
      break;
    case 'CommandSucceeded':
      commandSucceeded(state, event, event.data);
      break;
    case 'CommandFailed':
      commandFailed(state, event, event.data);
      break;
    case 'CommandSuperseded':
      commandSuperseded(state, event.data.commandId);
      break;
  }
}

function evolveOfJob(state: ClusterState, event: JobEvent): void {
  const job = state.jobs.get(subjectOf(event));
  if (job !== undefined) evolveJob(state, job, event);
}

/** Folds what a commit says beside its events, and moves the head. Events are folded by `evolve`. */
export function concludeCommit(state: ClusterState, commit: Commit): void {
  state.merkle.set(ledgerKey, withLeaf(state.merkle.get(ledgerKey) ?? emptyFrontier, commit.hash));
  answersGiven(state, commit);
  if (commit.streams.includes(checkpointsStream)) restsIn(state, commit);
  state.head = {
    position: commit.position,
    hash: commit.hash,
    epoch: commit.epoch,
    at: commit.at,
  };
}

/** Folds a whole commit. */
export function foldCommit(
  state: ClusterState,
  commit: Commit,
  events: readonly StoredEvent[],
): void {
  for (const event of events) evolve(state, event);
  concludeCommit(state, commit);
}
