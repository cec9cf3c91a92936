import type { Command } from '../command.js';
import type { Decided, Deciding } from './deciding.js';
import { judgeKey, sealLedger } from './evidence.js';
import { deleteJob, scaleJob, submitJob } from './jobs.js';
import { moveInstance, refuseMove } from './moves.js';
import { observeNode, recordWorkerStatus } from './node-presence.js';
import { registerNode } from './node-registration.js';
import { applyPlan, orderStops, refusePlacement } from './plans.js';
import { reconcileNode } from './reconciliation.js';
import { assumeEnded, recordAck, recordDelivery } from './worker-answers.js';

/** Decides one command on the state as it is, stating what happens as events. */
export function decide(deciding: Deciding, command: Command): Decided<unknown> {
  switch (command.type) {
    case 'RegisterNode':
      return registerNode(deciding, command.registration, command.token);
    case 'RecordWorkerStatus':
      return recordWorkerStatus(deciding, command.nodeId, command.status, command.retained);
    case 'RecordAck':
      return recordAck(deciding, command.nodeId, command.ack);
    case 'ReconcileNode':
      return reconcileNode(deciding, command.nodeId, command.state, command.provesAbsence);
    case 'ObserveNode':
      return observeNode(deciding, command);
    case 'SubmitJob':
      return submitJob(deciding, command.id, command.job, command.bodyHash);
    case 'ScaleJob':
      return scaleJob(deciding, command.id, command.count);
    case 'DeleteJob':
      return deleteJob(deciding, command.id);
    case 'MoveInstance':
      return moveInstance(deciding, command);
    case 'RefuseMove':
      return refuseMove(deciding, command.id, command.refusal);
    case 'ApplyPlan':
      return applyPlan(deciding, command.id, command.answer);
    case 'RefusePlacement':
      return refusePlacement(deciding, command.id, command.code, command.detail);
    case 'OrderStops':
      return orderStops(deciding, command.placements);
    case 'RecordDelivery':
      return recordDelivery(deciding, command.commandId);
    case 'AssumeEnded':
      return assumeEnded(deciding, command.commandId);
    case 'DeclareTruncation':
      deciding.emit({ stream: 'cluster', type: 'TelemetryTruncated', data: command.manifest });
      return { answer: null };
    case 'SealLedger':
      return sealLedger(deciding, command);
    case 'JudgeKey':
      return judgeKey(deciding, command);
  }
}
