import type { Refusal } from '@oakring/contracts';
import { accessStream, clusterStream } from '@oakring/events';
import type { Command, CommandType } from '../command.js';
import { grantToken, revokeToken } from './access.js';
import { refuseOnRecord, type Decided, type Deciding } from './deciding.js';
import { cosignCheckpoint, judgeKey, sealLedger, stampCheckpoint } from './evidence.js';
import { beginExec, endExec } from './execs.js';
import { giveUpRollout, retryInstance } from './failures.js';
import {
  dismissJob,
  endInstance,
  obeyDismissal,
  orderInstance,
  recordRoot,
  recordRootTold,
} from './given-numbers.js';
import { judgeHealth } from './health.js';
import { deleteJob, scaleJob, submitJob } from './jobs.js';
import { joinNode } from './joins.js';
import { beyondLimits } from './limits.js';
import { declareLost, observeLink, observeStorm } from './losses.js';
import { cancelMove, moveInstance, refuseMove } from './moves.js';
import { endDrain, orderNode } from './node-orders.js';
import { confirmState, observeNode, recordWorkerStatus } from './node-presence.js';
import { recordRival } from './node-rivals.js';
import { registerNode } from './node-registration.js';
import { applyPlan, orderStarted, orderStops, refusePlacement } from './plans.js';
import { refuseReplacement, replaceInstance } from './replacements.js';
import { reconcileNode } from './reconciliation.js';
import { recordShredding, removeSecret, setSecret } from './secrets.js';
import { completeSurge, surgeInstance } from './surges.js';
import { startAnew } from './new-start.js';
import { takeOverInstance } from './take-over.js';
import { completeRollout, restartJob, updateJob } from './updates.js';
import {
  assumeEnded,
  expireCommand,
  holdCommand,
  failCommand,
  recordAck,
  recordDelivery,
  recordDispatch,
} from './worker-answers.js';
import { recordHistory } from './worker-history.js';

/** What of a request is on record that was refused, characters. */
const maxShownRequest = 256;

type Decider<T extends CommandType> = (
  deciding: Deciding,
  command: Extract<Command, { type: T }>,
) => Decided<unknown>;

const deciders: { readonly [T in CommandType]: Decider<T> } = {
  RegisterNode: (deciding, command) =>
    command.startsAnew === true ? startAnew(deciding, command) : registerNode(deciding, command),
  RecordWorkerStatus: (deciding, command) =>
    recordWorkerStatus(deciding, command.nodeId, command.status, command.retained),
  RecordAck: (deciding, command) => recordAck(deciding, command.nodeId, command.ack),
  ReconcileNode: reconcileNode,
  ConfirmState: (deciding, command) => confirmState(deciding, command.nodeId, command.incarnation),
  RecordRival: recordRival,
  RecordHistory: (deciding, command) => recordHistory(deciding, command.nodeId, command.history),
  OrderNode: (deciding, command) => orderNode(deciding, command.id, command.order),
  EndDrain: endDrain,
  ObserveNode: observeNode,
  ObserveStorm: observeStorm,
  ObserveLink: observeLink,
  DeclareLost: declareLost,
  SubmitJob: (deciding, command) => submitJob(deciding, command.id, command.job, command.bodyHash),
  UpdateJob: updateJob,
  RestartJob: (deciding, command) => restartJob(deciding, command.id),
  OrderInstance: orderInstance,
  EndInstance: endInstance,
  TakeOverInstance: takeOverInstance,
  DismissJob: dismissJob,
  ObeyDismissal: obeyDismissal,
  RecordRoot: recordRoot,
  RecordRootTold: recordRootTold,
  ReplaceInstance: replaceInstance,
  SurgeInstance: surgeInstance,
  CompleteSurge: completeSurge,
  RefuseReplacement: refuseReplacement,
  GiveUpRollout: giveUpRollout,
  CompleteRollout: (deciding, command) => completeRollout(deciding, command.id, command.revision),
  RetryInstance: retryInstance,
  JudgeHealth: judgeHealth,
  ScaleJob: scaleJob,
  DeleteJob: deleteJob,
  MoveInstance: moveInstance,
  BeginExec: beginExec,
  EndExec: endExec,
  CancelMove: (deciding, command) => cancelMove(deciding, command.id, command.instance),
  RefuseMove: (deciding, command) => refuseMove(deciding, command.id, command.refusal),
  ApplyPlan: applyPlan,
  RefusePlacement: (deciding, command) =>
    refusePlacement(deciding, command.id, command.code, command.detail),
  OrderStarts: (deciding, command) => orderStarted(deciding, command.placements),
  RecordRefusals: (deciding, { refusals }) => {
    deciding.emit({ stream: clusterStream, type: 'MessagesRefused', data: refusals });
    return { answer: null };
  },
  OrderStops: (deciding, command) => orderStops(deciding, command.placements),
  FailCommand: (deciding, command) => failCommand(deciding, command.commandId, command.reason),
  RecordDelivery: (deciding, command) => recordDelivery(deciding, command.commandId),
  RecordDispatch: (deciding, command) =>
    recordDispatch(deciding, command.commandId, command.attempt),
  HoldCommand: (deciding, command) => holdCommand(deciding, command.commandId, command.reason),
  ExpireCommand: (deciding, command) => expireCommand(deciding, command.commandId, command.reason),
  AssumeEnded: (deciding, command) => assumeEnded(deciding, command.commandId),
  SealLedger: sealLedger,
  StampCheckpoint: stampCheckpoint,
  CosignCheckpoint: cosignCheckpoint,
  JudgeKey: judgeKey,
  GrantToken: grantToken,
  RevokeToken: revokeToken,
  JoinNode: joinNode,
  SetSecret: setSecret,
  RemoveSecret: removeSecret,
  RecordShredding: recordShredding,
  RecordRefusedRequests: (deciding, { refused }) => {
    deciding.emit({ stream: accessStream, type: 'RequestsRefused', data: refused });
    return { answer: null };
  },
  DeclareTruncation: (deciding, command) => {
    deciding.emit({ stream: clusterStream, type: 'TelemetryTruncated', data: command.manifest });
    return { answer: null };
  },
};

/** Decides one command on the state as it is, stating what happens as events. */
export function decide(deciding: Deciding, command: Command): Decided<unknown> {
  const beyond = beyondLimits(deciding, command);
  if (beyond !== null) return refusedTo(deciding, command, beyond);
  // The table has the decider of each type under its name.
  const decider = deciders[command.type] as Decider<CommandType>;
  return decider(deciding, command);
}

/** What is not there for whoever speaks is on record no more than what is not there at all. */
function refusedTo(deciding: Deciding, command: Command, refusal: Refusal): { refusal: Refusal } {
  if (command.type === 'SubmitJob' && refusal.code === 'job-id-taken') {
    return refuseOnRecord(deciding, command.id, 'JobSubmissionRefused', refusal);
  }
  if (refusal.code !== 'job-unknown') {
    const { code, detail } = refusal;
    const { cause } = deciding.origin;
    const request = (typeof cause === 'string' ? cause : command.type).slice(0, maxShownRequest);
    deciding.emit({
      stream: clusterStream,
      type: 'RequestRefused',
      data: { request, code, detail },
    });
  }
  return { refusal };
}
