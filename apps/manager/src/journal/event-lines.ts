import { traceIdOf } from '@oakring/contracts';
import { subjectOf, type EventType, type StoredEvent } from '@oakring/events';
import type { Log, LogFacts } from '@oakring/log';
import { restoredOf, type ClusterState } from '@oakring/model';
import { orderText, plain, sentenceOf } from '@oakring/narration';
import type { ProjectionListener } from '../views/projection.js';

/**
 * How loud each event is in the log. `warn`: an operator may have to do something; `info`: the cluster is
 * another one now; `debug`: a step of what was told already, or one of many.
 */
const levels: Readonly<Record<EventType, 'debug' | 'info' | 'warn'>> = {
  ClusterFounded: 'info',
  EpochOpened: 'info',
  TokenGranted: 'info',
  TokenGrantRefused: 'debug',
  TokenRevoked: 'warn',
  RequestsRefused: 'warn',
  SecretSet: 'info',
  SecretRemoved: 'warn',
  SecretShredded: 'info',
  RequestAnswered: 'debug',
  RequestRefused: 'debug',
  MessagesRefused: 'warn',
  StormBegan: 'warn',
  StormEnded: 'info',
  BrokerLinkLost: 'warn',
  LateReturnsOver: 'info',
  LedgerRestored: 'warn',
  RootRegistered: 'info',
  RootForgot: 'warn',
  RootToldOfEnds: 'debug',
  TelemetryTruncated: 'debug',
  CatalogueChanged: 'info',
  KeyPresented: 'info',
  KeyEndorsed: 'info',
  KeyRevoked: 'warn',
  CheckpointSigned: 'debug',
  CheckpointStamped: 'debug',
  CheckpointCosigned: 'debug',
  LedgerSealed: 'debug',
  JobUpdated: 'info',
  JobUpdateRefused: 'debug',
  RolloutCompleted: 'info',
  RolloutFailed: 'warn',
  JobSubmitted: 'info',
  JobSubmissionRefused: 'debug',
  JobScaled: 'info',
  JobScaleRefused: 'debug',
  JobDismissed: 'info',
  JobDeletionOrdered: 'info',
  JobDeletionRefused: 'debug',
  JobEnded: 'info',
  JobCompleted: 'info',
  InstancesPlaced: 'debug',
  PlacementRefused: 'info',
  MoveStarted: 'info',
  MoveCompleted: 'info',
  MoveAborted: 'warn',
  MoveRefused: 'debug',
  ExecStarted: 'info',
  ExecEnded: 'info',
  ExecRefused: 'debug',
  CommandIssued: 'debug',
  CommandDispatched: 'debug',
  CommandExpired: 'warn',
  CommandHeld: 'warn',
  CommandDelivered: 'debug',
  CommandReceived: 'debug',
  CommandSucceeded: 'debug',
  CommandFailed: 'warn',
  CommandSuperseded: 'debug',
  CommandReopened: 'debug',
  InstanceReported: 'debug',
  InstanceLost: 'warn',
  InstanceRecovered: 'info',
  OriginalDropped: 'debug',
  InstanceWithdrawn: 'debug',
  InstanceRetried: 'info',
  InstanceGivenUp: 'warn',
  InstanceHealthChanged: 'info',
  InstanceFailedChecks: 'warn',
  UnexpectedInstanceFound: 'warn',
  NodeRegistered: 'info',
  NodeRegistrationRefused: 'warn',
  NodeClaimedTwice: 'warn',
  NodeBecameReady: 'info',
  NodeSuspected: 'warn',
  NodeDisconnected: 'warn',
  NodeLost: 'warn',
  NodeStopped: 'info',
  NodeCordoned: 'info',
  NodeUncordoned: 'info',
  NodeDrainStarted: 'info',
  NodeDrainEnded: 'info',
  NodeQuarantined: 'warn',
  NodeReleased: 'info',
  NodeLabelled: 'info',
  NodeDiskFilled: 'warn',
  NodeDiskFreed: 'info',
  NodeForgotten: 'info',
  NodeJoined: 'info',
  NodeCredentialRevoked: 'warn',
  NodeOrderRefused: 'debug',
  DriftDetected: 'warn',
  WorkerHistoryRecorded: 'debug',
};

/** Whoever writes them leads only once they are written. */
const ofWhoBegins: ReadonlySet<EventType> = new Set(['ClusterFounded', 'EpochOpened']);

/**
 * What the log of the program tells of the ledger: one line an event, with node, job and position as facts, so
 * that a panel or an alert over log lines finds what happened. The leader tells it; a follower, which reads the
 * same, only at `debug`, except that somebody leads now.
 */
export function eventLines(
  log: Log,
  state: () => ClusterState,
  isLeading: () => boolean,
): ProjectionListener {
  return (events, { position }) => {
    const leads = isLeading();
    for (const event of events) {
      const isTold = leads || ofWhoBegins.has(event.type);
      const level = isTold ? levels[event.type] : 'debug';
      // A line that nobody wants costs nothing on the way of a commit.
      if (log.wants(level)) log.say(level, textOf(event, state()), factsOf(event, position));
      const anew = restoreTakenUp(event, state());
      if (anew !== null) log.say('warn', anew, { position });
    }
  };
}

/** `oakring restore` wrote that it is a restored one when nobody led: whoever leads first on it says so. */
function restoreTakenUp({ type, data }: StoredEvent, state: ClusterState): string | null {
  const restored = restoredOf(state);
  if (type !== 'EpochOpened' || restored === null) return null;
  if (restored.takenUp?.epoch !== data.epoch) return null;
  return (
    `the ledger comes from a backup that ends at position ${restored.position}: what was written after it is lost; ` +
    'what workers run of that is taken up where it is wanted, and shown where it is not'
  );
}

/** The sentence that people read of it, behind the type that programs look for. */
function textOf(event: StoredEvent, { commands }: ClusterState): string {
  const order = (id: string): string => {
    const command = commands.get(id);
    return command === undefined ? `command ${id}` : orderText(command);
  };
  const sentence = sentenceOf(withoutWords(event), { colors: plain, order });
  return sentence === null ? event.type : `${event.type}: ${sentence}`;
}

/** Logs go further than the ledger does: of a command that somebody runs they have the program alone. */
function withoutWords(event: StoredEvent): StoredEvent {
  if (event.type !== 'ExecStarted') return event;
  const { data } = event;
  return { ...event, data: { ...data, command: data.command.slice(0, 1) } };
}

/** The one that it was decided in, by its own cause: a commit that many share is written while any of them waits. */
function requestOf({ cause }: StoredEvent): string | null {
  return /^request:[^#]*#(.*)$/s.exec(cause ?? '')?.[1] ?? null;
}

function factsOf(event: StoredEvent, position: number): LogFacts {
  const { type, stream, data } = event;
  const subject = subjectOf(event);
  const { nodeId, instance, epoch } = data as {
    readonly nodeId?: string;
    readonly instance?: number;
    readonly epoch?: number;
  };
  const node = stream.startsWith('nodes/') ? subject : nodeId;
  return {
    event: type,
    position,
    request: requestOf(event),
    trace: event.trace === undefined ? null : traceIdOf(event.trace),
    ...(stream.startsWith('jobs/') ? { job: subject } : {}),
    ...(node === undefined ? {} : { node }),
    ...(instance === undefined ? {} : { instance }),
    ...(type === 'EpochOpened' && epoch !== undefined ? { epoch } : {}),
  };
}
