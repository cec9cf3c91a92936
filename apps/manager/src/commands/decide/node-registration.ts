import type { Refusal, Registration, ReportedInstance } from '@oakring/contracts';
import { canonicalJson, nodeStream, type EventData } from '@oakring/events';
import { leadershipOf, type NodeRecord, usualDialect } from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';
import { claimedTwice, rivalOf } from './node-rivals.js';
import { resolveLost } from './losses.js';
import { reopenWanted } from './orders.js';

type Registering = Extract<Command, { type: 'RegisterNode' }>;
type TokenVerdict = Registering['token'];

/**
 * How many starts a node may have had since it was last heard of: one a second for eleven days. One
 * that claims more is refused, whatever it proves, or a single message could take the highest number
 * there is and leave none for the worker itself. No worker is locked out by it: each refusal names the
 * number that we know, and the worker goes on with the next one.
 */
export const maxIncarnationJump = 1_000_000;

/**
 * A worker announces itself (docs/native-protocol.md, registration). The same again gets the same
 * answer; a later start is the same node if it carries the token, or carries none and has the same name
 * and address.
 *
 * Two machines may claim one node (a copied data folder). The newest start is the node; the one before
 * hears of it on the topic that they share, and ends. When that one is started again it says that it
 * yields, and is let back only when nobody else speaks: two supervisors do not take turns for ever.
 */
export function registerNode(
  deciding: Deciding,
  registering: Registering,
): Decided<Answers['RegisterNode']> {
  const { registration, token, dialect = usualDialect } = registering;
  const known = deciding.state.nodes.get(registration.id);
  const refusal =
    (known === undefined ? null : refusalOf(known, registering)) ??
    whyImplausible(known, registration);
  if (refusal !== null) {
    if (known !== undefined) claimedTwice(deciding, known, rivalOf(refusal, registration));
    // It asks again for as long as it waits: on record once, as the rival that it is.
    if (refusal.code === 'node-run-elsewhere') return { refusal };
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
  const facts = {
    ...factsOf(deciding, registration, token),
    ...(dialect === usualDialect ? {} : { dialect }),
  };
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
      // Of who is known at the broker nobody asks for it.
      givesToken: !facts.tokenPresented && token !== 'credential',
    },
  };
}

function refusalOf(
  known: NodeRecord,
  { registration, token, startsAnew }: Registering,
): Refusal | null {
  if (token === 'wrong') {
    return refuse('node-id-taken', `Node ${known.id} was registered with another token.`, 'token')
      .refusal;
  }
  const sameMachine =
    startsAnew === true || (known.name === registration.name && known.ip === registration.ip);
  if (token === 'absent' && known.tokenPresented) {
    return refuse(
      'node-id-taken',
      `Node ${known.id} has presented its token before; this registration carries none. ${remedyOf(known)}`,
      'token',
    ).refusal;
  }
  if (token === 'absent' && !sameMachine) {
    return refuse(
      'node-id-taken',
      `Node ${known.id} is ${known.name} at ${known.ip}; ${registration.name} at ` +
        `${registration.ip} carries no token that proves to be the same. ${remedyOf(known)}`,
      'id',
      known.id,
    ).refusal;
  }
  if (registration.yields && isRunByAnother(known, registration)) {
    return refuse(
      'node-run-elsewhere',
      `Node ${known.id} is run by start ${known.incarnation}, which took over from this worker and ` +
        'still speaks. Stop that one, and this one goes on by itself.',
      'id',
      known.id,
    ).refusal;
  }
  return whyStale(known, registration);
}

function whyStale(known: NodeRecord, { incarnation, startId }: Registration): Refusal | null {
  if (incarnation === null || incarnation > known.incarnation) return null;
  const isOther = startId !== null && known.startId !== null && startId !== known.startId;
  if (incarnation === known.incarnation && !isOther) return null;
  const what = isOther && incarnation === known.incarnation ? 'was another start' : 'is older';
  return refuse(
    'incarnation-stale',
    `Node ${known.id} is at incarnation ${known.incarnation}; ${incarnation} ${what}. ` +
      `Register with ${known.incarnation + 1}; where that is out of reach: oakring node forget ` +
      `${known.id} --force`,
    'incarnation',
    incarnation,
  ).refusal;
}

function whyImplausible(
  known: NodeRecord | undefined,
  { id, incarnation }: Registration,
): Refusal | null {
  const before = known?.incarnation ?? 0;
  if (incarnation === null || incarnation - before <= maxIncarnationJump) return null;
  return refuse(
    'incarnation-implausible',
    `Node ${id} was at incarnation ${before}; ${incarnation} is more than ${maxIncarnationJump} ` +
      `starts later. Register with ${before + 1}.`,
    'incarnation',
    incarnation,
  ).refusal;
}

function isRunByAnother(known: NodeRecord, { startId }: Registration): boolean {
  return known.startId !== startId && known.status !== 'disconnected' && known.status !== 'lost';
}

/** What an operator can do who knows that it is the same machine. */
function remedyOf({ id, status }: NodeRecord): string {
  const force = status === 'disconnected' || status === 'lost' ? '' : ' --force';
  return `If it is the same machine: oakring node forget ${id}${force}`;
}

function factsOf(
  { state }: Deciding,
  registration: Registration,
  token: TokenVerdict,
): EventData<'NodeRegistered'> {
  const { token: _secret, technologies, yields, startId, ...said } = registration;
  const { features, hostPaths, registries, ...stated } = said;
  const known = state.nodes.get(registration.id);
  const joinedWith = state.credentials.get(registration.id)?.labels ?? {};
  return {
    ...stated,
    labels: { ...stated.labels, ...joinedWith },
    ...(features.length === 0 ? {} : { features: [...features] }),
    ...(hostPaths.length === 0 ? {} : { hostPaths: [...hostPaths] }),
    ...(registries.length === 0 ? {} : { registries: [...registries] }),
    ...(startId === null ? {} : { startId }),
    technologies: [...technologies],
    // Only one that says what became of an order can be believed to have stopped something.
    enforcesStop: registration.enforcesStop && registration.acknowledges,
    incarnation: registration.incarnation ?? known?.incarnation ?? 1,
    tokenPresented: token === 'valid' || known?.tokenPresented === true,
  };
}

function sameFacts(known: NodeRecord, facts: EventData<'NodeRegistered'>): boolean {
  const { status, since, reason, stopped, reserved, placements, ports, position, ...bound } = known;
  const { index, ...rest } = bound;
  const { cordoned, draining, quarantined, diskFull, failures, historyUpTo, ...facing } = rest;
  const { unexpected, unreadable, tookOverAt, rival, givenLabels, silentSince, ...before } = facing;
  const { startId = null, dialect = usualDialect } = facts;
  const { addons = [], drivers = [], gpuDrivers = [] } = facts;
  const { features = [], hostPaths = [], registries = [] } = facts;
  const offers = { addons, drivers, gpuDrivers, features, hostPaths, registries };
  const after = { ...facts, startId, dialect, ...offers };
  return canonicalJson(before) === canonicalJson(after);
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
