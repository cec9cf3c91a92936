import { placeLacking } from '../commands/decide/failures.js';
import {
  cosign,
  emptyFrontier,
  readCheckpoint,
  rootOf,
  signCheckpoint,
  signedText,
  statedCosignature,
  writeVerifierKey,
} from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { tokenRoles } from '@oakring/contracts';
import { testsFor } from '@oakring/planning';
import type { Randomness } from '@oakring/ports';
import type { Command, CommandType } from '../commands/command.js';
import { basisOf, holds } from '../commands/decide/plans.js';
import { maySurge, surgesOf } from '../commands/decide/surges.js';
import {
  clusterKey,
  isRolledOut,
  ledgerKey,
  newestSealedTree,
  placementKey,
  type ClusterState,
  type CommandRecord,
  type InstanceRecord,
} from '@oakring/model';
import {
  ack,
  jobDocument,
  orderInstance,
  plan,
  proposal,
  ready,
  registerNode,
  report,
  submitJob,
} from './given.js';
import { nodeIds, randomJob, type Chance } from './random-job.js';
import { firstSecrets, naming, secretDraws } from './random-secrets.js';

const jobIds = ['j1', 'j2', 'j3'];
/** Jobs of a root: one name is used again by another. */
const rootJobs = ['r1', 'r2', 'r3'];
/** What a root knows us by: it loses its memory now and then. */
const roots = ['root-1', 'root-1', 'root-1', 'root-2'];

/** What workers on nodes a and b can do beside starting and stopping. */
const features = ['exec', 'health', 'low-ports', 'ports', 'secrets'].map(
  (each) => `docker:${each}`,
);

/** Nodes that are ready, and jobs: what is drawn goes on from there. */
export const beginning: readonly Command[] = [
  ...['a', 'b'].flatMap((id) => ready(id, { enforcesStop: true, features })),
  ...['c', 'd'].map((id) => registerNode(id)),
  ...firstSecrets,
  ...jobIds.map((id) => submitJob(id, { count: 3, update: { surge: 2 } })),
];

const foundingKey = freshKey();
const otherKeys = [freshKey(), freshKey()];
const cosigners = ['w1', 'w2'].map((name) => ({ name, ...freshKey() }));
/** The keys of the log that these commands are for, as they were presented: the founding one first. */
export const presentedKeys = [foundingKey, ...otherKeys].map(({ fingerprint, publicKey }) => ({
  ...{ fingerprint, publicKey, founding: fingerprint === foundingKey.fingerprint },
}));

/** What a command is drawn from: the state as it is, and chance. */
interface Draw extends Chance {
  readonly state: ClusterState;
  readonly node: string;
  readonly job: string;
  /** An order to a worker: one of those that there are, mostly. */
  readonly command: Pick<CommandRecord, 'id' | 'nodeId' | 'attempt'>;
  /** An instance: one of those that there are, mostly. */
  readonly instance: Pick<InstanceRecord, 'job' | 'number' | 'generation'>;
}

const tokenNames = ['ci', 'berlin', 'watcher'] as const;
const reason = 'random';
const refusal = { code: 'no-capacity', filtered: {}, nearest: null, wouldFit: null } as const;

function targetOn(nodeId: string) {
  return { nodeId, reason, total: 1, scores: {} };
}

const emptyTree = { position: 0, merkleRoot: rootOf(emptyFrontier) };

/** Does not compile while a type of command is not drawn. */
const draws: { readonly [T in CommandType]: (draw: Draw) => Extract<Command, { type: T }> } = {
  RegisterNode: ({ node, pick, number }) => {
    const starts = pick([{}, {}, {}, { incarnation: 1 + number(3) }, 'anew'] as const);
    const said = registerNode(node, {
      acknowledges: node < 'c',
      enforcesStop: node < 'c',
      features: node < 'c' ? features : [],
      ...(starts === 'anew' ? {} : starts),
      architecture: pick(['amd64', 'arm64']),
      labels: pick([{}, { zone: 'north' }]),
      capacity: { cpuMillis: 100 * number(10), memoryMiB: 64 * number(10) },
    });
    return starts === 'anew' && node < 'c' ? { ...said, startsAnew: true } : said;
  },
  RecordWorkerStatus: ({ node, pick, number }) => ({
    type: 'RecordWorkerStatus',
    nodeId: node,
    status: { status: pick(['online', 'offline']), incarnation: null, stopped: number(2) === 0 },
    retained: number(4) === 0,
  }),
  RecordAck: ({ command, pick }) => {
    const phase = pick(['received', 'progress', 'succeeded', 'succeeded', 'failed'] as const);
    const said = ack(command.nodeId, command.id, phase, 'so');
    const more = phase === 'failed' ? pick([{}, { lastLines: ['no route to host'] }]) : {};
    return { ...said, ack: { ...said.ack, fault: pick([null, 'job', 'node']), ...more } };
  },
  ReconcileNode: ({ state, node, pick, number }) => {
    const has: Record<string, 'running' | 'starting' | 'failed' | 'completed' | 'stopping'> = {};
    for (const key of state.placementsOfNode.of(node)) {
      if (number(3) === 0) continue;
      has[key] = pick(['running', 'running', 'starting', 'failed', 'completed', 'stopping']);
    }
    // Something that was there, or never was.
    if (number(4) === 0) has[`${pick(jobIds)}/${number(3)}/${1 + number(4)}`] = 'running';
    const health = pick([null, null, 'starting', 'healthy', 'unhealthy'] as const);
    const diskFull = number(20) === 0 ? { freeMiB: 99, leastMiB: 128 } : null;
    const said = { proves: number(2) === 0, final: number(6) === 0, health, diskFull };
    return report(node, has, said);
  },
  ConfirmState: ({ node }) => ({ type: 'ConfirmState', nodeId: node, incarnation: null }),
  RecordRival: ({ node, number }) => ({
    ...({ type: 'RecordRival', nodeId: node } as const),
    incarnation: number(3),
  }),
  RecordHistory: ({ state, node, number }) => {
    const from = 1 + number(5);
    const entry = { sequence: from, at: '2026-01-01T00:00:00.000Z', kind: 'worker-started' };
    const { incarnation = 1 } = state.nodes.get(node) ?? {};
    const history = { incarnation, from, entries: [entry] };
    return { type: 'RecordHistory', nodeId: node, history };
  },
  OrderNode: ({ node, pick, number }) => ({
    type: 'OrderNode',
    id: node,
    order: pick([
      { do: 'cordon', reason },
      ...(['uncordon', 'uncordon', 'uncordon'] as const).map((it) => ({ do: it })),
      ...(['release', 'release', 'release', 'cancel-drain'] as const).map((it) => ({ do: it })),
      { do: 'drain', withinMs: 1_000, force: number(2) === 0 },
      { do: 'label', labels: pick([{}, { zone: 'north' }, { position: '48.2,11.6' }]) },
      { do: 'quarantine', reason },
      { do: 'forget', reason },
      { do: 'revoke', reason },
    ] as const),
  }),
  EndDrain: ({ state, node, pick }) => {
    // Drains are few and end by other commands as well: one that is under way comes first.
    const drained = [...state.nodes.values()].find(({ draining }) => draining !== null);
    const outcome = pick(['done', 'incomplete'] as const);
    return { type: 'EndDrain', id: drained?.id ?? node, outcome, reason };
  },
  ObserveStorm: ({ pick, number }) => ({
    ...({ type: 'ObserveStorm', reason } as const),
    ...{ seen: pick(['begun', 'over']), silent: number(4), ready: 4 },
  }),
  ObserveLink: ({ pick }) => ({ type: 'ObserveLink', lostSince: pick([1_000, null]) }),
  DeclareLost: ({ state, node }) => {
    const absent = [...state.nodes.values()].find(
      ({ status, placements }) => placements > 0 && status !== 'ready' && status !== 'registered',
    );
    const nodeId = absent?.id ?? node;
    const placements = [...state.placementsOfNode.of(nodeId)];
    return { type: 'DeclareLost', nodeId, placements, reason };
  },
  ObserveNode: ({ state, node, pick }) => ({
    type: 'ObserveNode',
    nodeId: node,
    incarnation: state.nodes.get(node)?.incarnation ?? 1,
    seen: pick(['alive', 'silent', 'disconnected', 'lost']),
    reason,
  }),
  SubmitJob: (draw) => submitJob(draw.job, { ...randomJob(draw), ...naming(draw) }),
  UpdateJob: (draw) => {
    const body = { ...randomJob(draw), ...naming(draw), id: draw.job };
    const bodyHash = JSON.stringify(body);
    return {
      ...({ type: 'UpdateJob', id: draw.job, bodyHash } as const),
      ...{ job: jobDocument(body), ifPosition: draw.pick([null, null, 1]) },
    };
  },
  OrderInstance: (draw) => {
    const id = draw.pick([...rootJobs, ...rootJobs, draw.job]);
    const name = id === 'r3' ? 'r1' : id;
    const refused = { code: 'service-unusable', detail: draw.pick(['so', 'otherwise']) };
    const unusable = draw.number(8) === 0 ? { numbering: 'given', refused } : {};
    const ordered = orderInstance(id, draw.number(6), { ...randomJob(draw), name, ...unusable });
    return { ...ordered, root: draw.pick([null, ...roots]) };
  },
  EndInstance: ({ state, instance, pick, number }) => {
    const all = [...state.instances.values()].filter(({ job }) => rootJobs.includes(job));
    const { job: id, number: of } = all.length === 0 || number(4) === 0 ? instance : pick(all);
    return { type: 'EndInstance', id, instance: of, root: pick([null, ...roots]) };
  },
  TakeOverInstance: (draw) => {
    const id = draw.pick(rootJobs);
    const name = id === 'r3' ? 'r1' : id;
    return {
      ...orderInstance(id, draw.number(6), { ...randomJob(draw), name }),
      ...({ type: 'TakeOverInstance', hasCompleted: draw.number(4) === 0 } as const),
      nodeId: draw.pick([draw.node, draw.node, null]),
    };
  },
  DismissJob: ({ job, pick }) => ({ type: 'DismissJob', id: pick([...rootJobs, job]) }),
  ObeyDismissal: ({ pick }) => ({ type: 'ObeyDismissal', id: pick(rootJobs) }),
  RecordRoot: ({ pick }) => ({
    type: 'RecordRoot',
    root: pick(roots),
  }),
  RecordRootTold: ({ state }) => ({
    type: 'RecordRootTold',
    instances: [...state.parted.values()].map(({ key }) => key),
  }),
  RestartJob: ({ job }) => ({ type: 'RestartJob', id: job }),
  ReplaceInstance: ({ state, instance, node }) => ({
    ...({ type: 'ReplaceInstance', id: instance.job, instance: instance.number, reason } as const),
    generation: instance.generation,
    revision: state.jobs.get(instance.job)?.revision ?? 1,
    target: targetOn(node),
    basis: basisOf(proposal([node])),
  }),
  SurgeInstance: ({ state, instance, node, pick }) => {
    // Few jobs are updated so at a time, with room for it: what can be comes first.
    const due = [...state.instances.values()].flatMap((each) => {
      const job = state.jobs.get(each.job);
      if (job === undefined || !isRolledOut(job) || !maySurge(state, job, each)) return [];
      if (surgesOf(state, job.id) >= job.policy.update.surge) return [];
      const fitting = nodeIds.filter((id) => holds(state, testsFor(job), id));
      return fitting.map((nodeId) => ({ each, nodeId }));
    });
    const { each, nodeId } = due.length > 0 ? pick(due) : { each: instance, nodeId: node };
    const { job: id, number, generation } = each;
    return {
      ...({ type: 'SurgeInstance', id, instance: number, generation } as const),
      revision: state.jobs.get(id)?.revision ?? 1,
      target: targetOn(nodeId),
      basis: basisOf(proposal([nodeId])),
    };
  },
  CompleteSurge: ({ state, instance, pick }) => {
    // As few are begun, fewer come to run.
    const targets = [...state.instances.values()].flatMap(({ job, number, moving }) => {
      const target = state.placements.get(placementKey(job, number, moving?.generation ?? 0));
      return moving?.surge === true && target !== undefined && target.runningSince > 0
        ? [target]
        : [];
    });
    const { job: id, number, generation } = targets.length > 0 ? pick(targets) : instance;
    return { type: 'CompleteSurge', id, instance: number, generation };
  },
  RefuseReplacement: ({ instance, pick }) => ({
    ...({ type: 'RefuseReplacement', id: instance.job, instance: instance.number } as const),
    refusal: { ...refusal, detail: pick(['no room', 'no room at all']) },
    basis: null,
  }),
  GiveUpRollout: ({ job, state }) => {
    // Few find no place for their next one: one that does comes first.
    const stuck = [...state.jobs.values()].find(
      (each) => each.rollout?.status === 'progressing' && placeLacking(state, each) !== null,
    );
    const { id, revision } = stuck ?? state.jobs.get(job) ?? { id: job, revision: 1 };
    return { type: 'GiveUpRollout', id, revision, reason };
  },
  CompleteRollout: ({ state, job }) => ({
    ...({ type: 'CompleteRollout', id: job } as const),
    revision: state.jobs.get(job)?.revision ?? 1,
  }),
  RetryInstance: ({ instance: { job: id, number: instance, generation } }) => ({
    ...({ type: 'RetryInstance', id, instance, generation } as const),
  }),
  JudgeHealth: ({ state, pick, number, instance: { job: id, number: instance, generation } }) => {
    const late = pick([null, 'late']);
    // What is unhealthy is rare, and ends by other commands as well: it comes first.
    const ill = [...state.placements.values()].filter(
      ({ health }) => health?.status === 'unhealthy',
    );
    const {
      job,
      number: of,
      ...found
    } = ill.length > 0 && number(4) > 0 ? pick(ill) : { job: id, number: instance, generation };
    return { type: 'JudgeHealth', id: job, instance: of, generation: found.generation, late };
  },
  ScaleJob: ({ job, pick, number }) => ({
    ...({ type: 'ScaleJob', id: pick([job, job, ...rootJobs]), count: number(6) } as const),
    force: number(2) === 0,
  }),
  DeleteJob: ({ job }) => ({ type: 'DeleteJob', id: job }),
  MoveInstance: ({ instance: { job: id, number: instance, generation }, node }) => ({
    ...({ type: 'MoveInstance', id, instance, generation, basis: null } as const),
    target: targetOn(node),
  }),
  CancelMove: ({ state, instance }) => {
    const moving = [...state.instances.values()].find((each) => each.moving !== null);
    const { job: id, number } = moving ?? instance;
    return { type: 'CancelMove', id, instance: number };
  },
  BeginExec: ({ instance: { job: id, number: instance }, number }) => ({
    ...({ type: 'BeginExec', id, instance, command: ['true'] } as const),
    tty: number(8) === 0,
  }),
  EndExec: ({ state, pick }) => {
    const [exec] = state.execs.values();
    const outcome = pick(['exited', 'left', 'broken', 'unknown'] as const);
    const how = { outcome, exitCode: outcome === 'exited' ? 0 : null, bytes: null };
    return { type: 'EndExec', end: { execId: exec?.id ?? '1-0', ...how, reason } };
  },
  RefuseMove: ({ job }) => {
    const detail = 'It fits nowhere.';
    return { type: 'RefuseMove', id: job, refusal: { code: 'worker-does-not-fit', detail } };
  },
  ApplyPlan: ({ job, pick, number }) => ({
    ...plan(
      pick([job, job, ...rootJobs]),
      ...Array.from({ length: number(6) }, () => pick(nodeIds)),
    ),
    avoiding: number(3) === 0,
  }),
  RefusePlacement: ({ job, pick }) => ({
    ...({ type: 'RefusePlacement', id: job, code: 'scheduler-unavailable' } as const),
    detail: pick(['It is away.', 'It is still away.']),
  }),
  OrderStarts: ({ state }) => ({ type: 'OrderStarts', placements: [...state.unorderedStarts] }),
  OrderStops: ({ state }) => ({ type: 'OrderStops', placements: [...state.unorderedStops] }),
  RecordRefusals: ({ number }) => ({
    type: 'RecordRefusals',
    refusals: {
      ...{ registrations: number(9), statuses: 0, states: number(9), histories: 0 },
      ...{ nodes: 1, withinMs: 60_000 },
    },
  }),
  FailCommand: ({ command }) => ({ type: 'FailCommand', commandId: command.id, reason }),
  RecordDelivery: ({ command }) => ({ type: 'RecordDelivery', commandId: command.id }),
  RecordDispatch: ({ command: { id: commandId, attempt }, number }) => ({
    ...({ type: 'RecordDispatch', commandId } as const),
    attempt: attempt + number(2),
  }),
  HoldCommand: ({ command }) => ({ type: 'HoldCommand', commandId: command.id, reason }),
  ExpireCommand: ({ command }) => ({ type: 'ExpireCommand', commandId: command.id, reason }),
  AssumeEnded: ({ state, command }) => {
    // Few are delivered and not done: one that is comes first.
    const isDue = ({ status, kind }: CommandRecord) => status === 'delivered' && kind === 'delete';
    const due = [...state.commands.values()].find(isDue) ?? command;
    return { type: 'AssumeEnded', commandId: due.id };
  },
  DeclareTruncation: ({ number }) => ({
    type: 'DeclareTruncation',
    manifest: {
      ...{ segment: 's', firstBatch: 1, lastBatch: number(9), readings: 9 },
      ...{ firstHash: 'f', lastHash: 'l', merkleRoot: 'm' },
    },
  }),
  SealLedger: ({ state, number }) => {
    // A log that a test begins without its founding has no id.
    const { clusterId = 'c' } = state.cluster.get(clusterKey) ?? {};
    const position = 1 + number(3) + (state.seals.get(ledgerKey)?.position ?? 0);
    const statement = { clusterId, position, hash: 'ab'.repeat(32), epoch: 1, keyEvents: 1 };
    const merkleRoot = String(number(10)).repeat(64);
    return { type: 'SealLedger', note: signCheckpoint({ ...statement, merkleRoot }, foundingKey) };
  },
  StampCheckpoint: ({ state, number }) => ({
    type: 'StampCheckpoint',
    position: (state.seals.get(ledgerKey)?.position ?? 1) - number(2),
    ...{ time: '2026-11-29T00:00:00.000Z', token: 'AA==' },
  }),
  CosignCheckpoint: ({ state, number, pick }) => {
    const note = state.seals.get(ledgerKey)?.trees.at(-1 - number(2))?.note ?? '';
    const read = readCheckpoint(note);
    const position = read.status === 'checkpoint' ? read.checkpoint.position : 1;
    const cosigner = pick(cosigners);
    const witness = writeVerifierKey(cosigner, 'cosignature');
    if (read.status === 'refused') {
      return { type: 'CosignCheckpoint', position, witness, signature: 'AA==' };
    }
    const signatures = [cosign(read.note, cosigner, number(9))];
    const stated = statedCosignature({ ...read.note, signatures }, cosigner);
    const { signature } = stated ?? { signature: 'AA==' };
    return { type: 'CosignCheckpoint', position, witness, signature };
  },
  JudgeKey: ({ state, pick }) => {
    const { clusterId = '' } = state.cluster.get(clusterKey) ?? {};
    const verdict = pick(['endorsed', 'revoked'] as const);
    const { fingerprint } = pick(otherKeys);
    const tree = newestSealedTree(state) ?? emptyTree;
    const said = { verdict, fingerprint, ...tree };
    const signature = foundingKey.sign(signedText({ clusterId, ...said }));
    return { type: 'JudgeKey', ...said, by: foundingKey.fingerprint, signature };
  },
  GrantToken: ({ pick, number }) => ({
    ...({ type: 'GrantToken', name: pick(tokenNames), role: pick(tokenRoles) } as const),
    hash: String(number(1_000_000)),
    expiresAt: 1_700_000_000_000 + number(1_000_000),
    nodes: pick([null, { zone: 'north' }]),
    ...pick([{}, {}, { joins: { uses: 1 + number(3) } }]),
  }),
  // Few secrets: the same again, another's, and one that a node had before.
  JoinNode: ({ node, pick, number }) => ({
    ...({ type: 'JoinNode', node, hash: `secret ${number(6)}` } as const),
    registrationToken: pick(['absent', 'valid', 'wrong']),
  }),
  RevokeToken: ({ pick }) => ({ type: 'RevokeToken', name: pick(tokenNames) }),
  ...secretDraws,
  RecordRefusedRequests: ({ number, pick }) => ({
    type: 'RecordRefusedRequests',
    refused: {
      ...{ unauthorized: number(9), forbidden: number(9), withinMs: 60_000 },
      shown: [
        {
          ...{ code: 'forbidden', request: 'GET /api/v1/jobs', from: '127.0.0.1' },
          name: pick([null, ...tokenNames]),
        },
      ],
    },
  }),
};

// The keys are the types, by the type of the table.
export const commandTypes = Object.keys(draws) as readonly CommandType[];

/** What makes the rest worth drawing comes more often: so many times for one of the others. */
const frequent: Partial<Record<CommandType, number>> = {
  ...{
    RegisterNode: 3,
    ReconcileNode: 8,
    OrderNode: 4,
    EndDrain: 4,
    SubmitJob: 6,
    OrderInstance: 5,
    EndInstance: 2,
    TakeOverInstance: 3,
    ScaleJob: 3,
    UpdateJob: 2,
    ObeyDismissal: 16,
    RecordRootTold: 8,
    AssumeEnded: 12,
  },
  ...{
    ApplyPlan: 24,
    RecordAck: 24,
    RecordDelivery: 6,
    OrderStops: 5,
    RetryInstance: 2,
    JudgeHealth: 14,
    ConfirmState: 4,
  },
  ...{
    RefuseReplacement: 6,
    GiveUpRollout: 4,
    SurgeInstance: 5,
    CompleteSurge: 22,
    ReplaceInstance: 18,
    OrderStarts: 32,
    MoveInstance: 6,
    CancelMove: 2,
    DeclareLost: 8,
    BeginExec: 4,
    EndExec: 5,
    SetSecret: 2,
  },
};
const drawn = commandTypes.flatMap((type) => Array<CommandType>(frequent[type] ?? 1).fill(type));

/** Some command that may come next, sensible or not, for invariants that must hold whatever comes. */
export function randomCommand(state: ClusterState, chance: Randomness): Command {
  const number = (bound: number): number => chance.integer(bound);
  const pick = <T>(list: readonly T[]): T => list[number(list.length)] as T;
  const [node, job] = [pick(nodeIds), pick(jobIds)];
  const open = [...state.commands.values()].filter(({ status }) => status !== 'ended');
  const commands = number(5) === 0 ? [...state.commands.values()] : open;
  const instances = [...state.instances.values()];
  const known = instances.length === 0 || number(10) === 0 ? undefined : pick(instances);
  const command = commands.length === 0 ? undefined : pick(commands);
  return draws[pick(drawn)]({
    ...{ state, node, job, pick, number },
    command: command ?? { id: '0-0', nodeId: node, attempt: 1 },
    instance: known ?? { job, number: number(3), generation: 1 + number(3) },
  });
}
