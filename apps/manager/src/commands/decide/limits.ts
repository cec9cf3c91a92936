import { callerIn, openName, settingName, type Permission, type Refusal } from '@oakring/contracts';
import { holds, instanceKey, type ClusterState, type JobRecord } from '@oakring/model';
import {
  beyondNodes,
  mayOf,
  nodeOf,
  roleText,
  seesJob,
  seesSecret,
  unknownJob,
  type Holder,
} from '../../access/holder.js';
import type { Command, CommandType } from '../command.js';
import type { Deciding } from './deciding.js';
import { beyondSecrets, unknownSecret } from './secrets.js';

/**
 * What people order over HTTP, and what it needs: the edge has asked for that as well, of a state that may have been
 * an older one. What is not here nobody with a token may order.
 */
const needs: Partial<Readonly<Record<CommandType, Permission>>> = {
  SubmitJob: 'jobs:write',
  UpdateJob: 'jobs:write',
  RestartJob: 'jobs:write',
  ScaleJob: 'jobs:write',
  DeleteJob: 'jobs:write',
  MoveInstance: 'jobs:write',
  CancelMove: 'jobs:write',
  RefuseMove: 'jobs:write',
  BeginExec: 'jobs:exec',
  RegisterNode: 'nodes:register',
  JoinNode: 'nodes:join',
  OrderNode: 'nodes:write',
  TakeOverInstance: 'cluster:import',
  JudgeKey: 'ledger:write',
  SealLedger: 'ledger:write',
  CosignCheckpoint: 'ledger:cosign',
  GrantToken: 'access:write',
  RevokeToken: 'access:write',
  SetSecret: 'secrets:write',
  RemoveSecret: 'secrets:write',
};

/**
 * Why whoever speaks may not order this; null: they may. Of those with a token it is decided on the same state as the
 * order itself: one that was revoked before it orders nothing after it, however long the order was on its way.
 */
export function beyondLimits({ state, origin, nowMs }: Deciding, command: Command): Refusal | null {
  const name = callerIn(origin.by);
  if (name === null || name === settingName || name === openName) return null;
  // No order: what was begun has ended, whoever may begin no more.
  if (command.type === 'EndExec') return null;
  const token = state.tokens.get(name);
  // Another may have its name by now.
  if (token === undefined || token.hash !== origin.tokenHash || !holds(token, nowMs)) {
    return { code: 'unauthorized', detail: `Token ${name} holds no more.` };
  }
  const needed = needs[command.type];
  if (needed === undefined || !mayOf(token).includes(needed)) {
    return { code: 'forbidden', detail: `${roleText(token)}, which may not order this.` };
  }
  switch (command.type) {
    case 'SubmitJob': {
      const job = state.jobs.get(command.id);
      const isTheirs = job === undefined || seesJob(token, job);
      return isTheirs ? beyondSecrets(state, token, command.job.document) : takenId(job);
    }
    case 'UpdateJob':
      return (
        beyondJob(state, token, command.id) ?? beyondSecrets(state, token, command.job.document)
      );
    case 'SetSecret':
      return beyondSecret(state, token, command);
    case 'RemoveSecret': {
      const secret = state.secrets.get(command.name);
      return secret === undefined || seesSecret(token, secret) ? null : unknownSecret(command.name);
    }
    case 'RestartJob':
    case 'ScaleJob':
    case 'DeleteJob':
    case 'CancelMove':
    case 'RefuseMove':
      return beyondJob(state, token, command.id);
    case 'MoveInstance':
    case 'BeginExec':
      return beyondJob(state, token, command.id) ?? beyondPlaces(state, token, command);
    case 'OrderNode':
      return beyondNodes(
        token,
        nodeOf(state, command.id),
        command.order.do === 'label' ? command.order.labels : undefined,
      );
    default:
      return null;
  }
}

function beyondJob({ jobs }: ClusterState, holder: Holder, id: string): Refusal | null {
  const job = jobs.get(id);
  return job === undefined || seesJob(holder, job) ? null : unknownJob(id);
}

/** By where the instance is, and where it is to go if that was named: what the scheduler chooses is no order. */
function beyondPlaces(
  { instances, nodes }: ClusterState,
  holder: Holder,
  command: Extract<Command, { type: 'MoveInstance' | 'BeginExec' }>,
): Refusal | null {
  const source = instances.get(instanceKey(command.id, command.instance))?.nodeId ?? '';
  const isNamed = command.type === 'MoveInstance' && command.isTargetNamed === true;
  for (const id of isNamed ? [source, command.target.nodeId] : [source]) {
    const refusal = beyondNodes(holder, nodes.get(id));
    // Of what was sent, none is called as there.
    if (refusal !== null) return { code: refusal.code, detail: refusal.detail };
  }
  return null;
}

/** What is not theirs is not there; a name that is taken can be found out. */
function beyondSecret(
  { secrets }: ClusterState,
  holder: Holder,
  { name, version }: Extract<Command, { type: 'SetSecret' }>,
): Refusal | null {
  const secret = secrets.get(name);
  if (secret === undefined || seesSecret(holder, secret)) return null;
  if (version > 1) return unknownSecret(name);
  const detail = `Secret ${name} is somebody else’s.`;
  return { code: 'secret-exists', detail, field: 'name', value: name };
}

/** Of a job that somebody else submitted nothing is told, except that its id is taken. */
function takenId({ id }: JobRecord): Refusal {
  const detail = `Job ${id} was submitted by somebody else.`;
  return { code: 'job-id-taken', detail, field: 'id', value: id };
}
