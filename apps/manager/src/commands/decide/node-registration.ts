import type { Refusal, Registration, ReportedInstance } from '@oakring/contracts';
import { canonicalJson, type EventData } from '@oakring/events';
import { leadershipOf } from '../../views/ordered-document.js';
import type { NodeRecord } from '../../views/records.js';
import type { Answers } from '../command.js';
import { nodeStream, refuse, type Decided, type Deciding } from './deciding.js';
import { resolveLost } from './losses.js';
import { reopenWanted } from './orders.js';

type TokenVerdict = 'absent' | 'valid' | 'wrong';

/**
 * A worker announces itself. The same again gets the same answer; a later start is the same node
 * if it carries the token, or carries none and has the same name and address (design §6).
 */
export function registerNode(
  deciding: Deciding,
  registration: Registration,
  token: TokenVerdict,
): Decided<Answers['RegisterNode']> {
  const known = deciding.state.nodes.get(registration.id);
  const refusal = known === undefined ? null : refusalOf(known, registration, token);
  if (refusal !== null) {
    deciding.emit({
      stream: nodeStream(registration.id),
      type: 'NodeRegistrationRefused',
      data: {
        code: refusal.code,
        detail: refusal.detail,
        name: registration.name,
        ip: registration.ip,
        incarnation: registration.incarnation,
      },
    });
    return { refusal };
  }
  const facts = factsOf(known, registration, token);
  if (known === undefined || !sameFacts(known, facts)) {
    deciding.emit({ stream: nodeStream(facts.id), type: 'NodeRegistered', data: facts });
    if (!facts.acknowledges) resolveUnconfirmed(deciding, facts.id);
  } else {
    seenAlive(deciding, known, 'registered again');
  }
  // A worker that does not acknowledge has only this way to say that it lost what it was told.
  if (!facts.acknowledges) reopenWanted(deciding, facts.id, 'the worker registered anew');
  return {
    answer: {
      id: facts.id,
      accepted: true,
      incarnation: facts.incarnation,
      ...leadershipOf(deciding.state),
      at: new Date(deciding.at).toISOString(),
    },
  };
}

function refusalOf(
  known: NodeRecord,
  registration: Registration,
  token: TokenVerdict,
): Refusal | null {
  if (token === 'wrong') {
    return refuse('node-id-taken', `Node ${known.id} was registered with another token.`, 'token')
      .refusal;
  }
  const sameMachine = known.name === registration.name && known.ip === registration.ip;
  if (token === 'absent' && known.tokenPresented) {
    return refuse(
      'node-id-taken',
      `Node ${known.id} has presented its token before; this registration carries none.`,
      'token',
    ).refusal;
  }
  if (token === 'absent' && !sameMachine) {
    return refuse(
      'node-id-taken',
      `Node ${known.id} is ${known.name} at ${known.ip}; ${registration.name} at ` +
        `${registration.ip} carries no token that proves to be the same.`,
      'id',
      known.id,
    ).refusal;
  }
  const { incarnation } = registration;
  if (incarnation !== null && incarnation < known.incarnation) {
    return refuse(
      'incarnation-stale',
      `Node ${known.id} is at incarnation ${known.incarnation}; ${incarnation} is older.`,
      'incarnation',
      incarnation,
    ).refusal;
  }
  return null;
}

function factsOf(
  known: NodeRecord | undefined,
  registration: Registration,
  token: TokenVerdict,
): EventData<'NodeRegistered'> {
  const { token: _secret, technologies, ...stated } = registration;
  return {
    ...stated,
    technologies: [...technologies],
    // Only one that says what became of an order can be believed to have stopped something.
    enforcesStop: registration.enforcesStop && registration.acknowledges,
    incarnation: registration.incarnation ?? known?.incarnation ?? 1,
    tokenPresented: token === 'valid' || known?.tokenPresented === true,
  };
}

function sameFacts(known: NodeRecord, facts: EventData<'NodeRegistered'>): boolean {
  const { status, since, reason, stopped, reserved, placements, position, ...rest } = known;
  const { cordoned, draining, quarantined, failures, unexpected, historyUpTo, ...before } = rest;
  return canonicalJson(before) === canonicalJson(facts);
}

/** Any message of the current incarnation is a sign of life. */
export function seenAlive(deciding: Deciding, node: NodeRecord, reason: string): void {
  const comesBack =
    node.status === 'suspect' ||
    // One that acknowledges is ready again once its state is reconciled.
    ((node.status === 'disconnected' || node.status === 'lost') && !node.acknowledges);
  if (!comesBack) return;
  deciding.emit({ stream: nodeStream(node.id), type: 'NodeBecameReady', data: { reason } });
  if (!node.acknowledges) resolveUnconfirmed(deciding, node.id);
}

/** One that never reports its state is taken to run what it was told: there is no other word. */
function resolveUnconfirmed(deciding: Deciding, nodeId: string): void {
  for (const key of [...deciding.state.placementsOfNode.of(nodeId)]) {
    const placement = deciding.state.placements.get(key);
    if (placement?.lost !== true) continue;
    const { job, number: instance, generation } = placement;
    const seen = { job, instance, generation, status: 'running', reason: null, runningMs: null };
    resolveLost(deciding, placement, seen as ReportedInstance);
  }
}
