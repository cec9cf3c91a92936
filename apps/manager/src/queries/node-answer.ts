import type { NodeAnswer, NodeFlags } from '@oakring/contracts';
import { labelsOf, type ClusterState, type NodeRecord } from '@oakring/model';
import { heldReason } from './held-answer.js';
import type { View } from './view-answers.js';

/** `GET /api/v1/nodes/{id}`: the view's record, joined with what was measured last. */
export function nodeAnswer(
  node: NodeRecord,
  { state, telemetry }: Pick<View, 'state' | 'telemetry'>,
): NodeAnswer {
  const reading = telemetry.latest(node.id);
  const lastSeenMs = telemetry.lastSeenMs(node.id);
  return {
    id: node.id,
    name: node.name,
    ip: node.ip,
    port: node.port,
    status: node.status,
    since: new Date(node.since).toISOString(),
    reason: node.reason,
    incarnation: node.incarnation,
    dialect: node.dialect,
    ...rivalOf(node),
    capacity: node.capacity,
    assumed: node.assumed,
    reserved: node.reserved,
    used: reading === null ? null : { cpu: reading.cpu, memory: reading.memory },
    lastSeen: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString(),
    readingsShed: telemetry.shedOf(node.id),
    ...countedOn(state, node.id),
    labels: labelsOf(node),
    technologies: node.technologies,
    architecture: node.architecture,
    acknowledges: node.acknowledges,
    enforcesStop: node.enforcesStop,
    features: node.features,
    hostPaths: node.hostPaths,
    registries: node.registries,
    ports: node.ports,
    ...diskOf(node),
    ...credentialOf(state, node.id),
    flags: flagsOf(node),
    unexpected: node.unexpected,
    unreadable: node.unreadable,
    ...heldOf(state, node.id),
    position: node.position,
  };
}

/** What was lost there and replaced elsewhere holds its place, and counts where it runs now. */
function countedOn(
  state: ClusterState,
  nodeId: string,
): Pick<NodeAnswer, 'instances' | 'unhealthy'> {
  let instances = 0;
  let unhealthy = 0;
  for (const key of state.placementsOfNode.of(nodeId)) {
    const placement = state.placements.get(key);
    if (placement?.lost !== false) continue;
    instances += 1;
    if (placement.health?.status === 'unhealthy') unhealthy += 1;
  }
  return { instances, ...(unhealthy > 0 && { unhealthy }) };
}

/** Orders that are not sent for now: the newest reason that is on record of one. */
function heldOf(state: ClusterState, nodeId: string): Pick<NodeAnswer, 'ordersHeld'> {
  const reasons: string[] = [];
  for (const id of state.unsentOfNode.of(nodeId)) {
    const held = heldReason(state, id);
    if (held !== null) reasons.push(held);
  }
  const reason = reasons.at(-1);
  return reason === undefined ? {} : { ordersHeld: { orders: reasons.length, reason } };
}

function rivalOf({ rival }: NodeRecord): Pick<NodeAnswer, 'rival'> {
  if (rival === null) return {};
  const { at, incarnation, reason } = rival;
  return { rival: { since: new Date(at).toISOString(), incarnation, reason } };
}

function diskOf({ diskFull }: NodeRecord): Pick<NodeAnswer, 'diskFull'> {
  if (diskFull === null) return {};
  const { at, ...figures } = diskFull;
  return { diskFull: { since: new Date(at).toISOString(), ...figures } };
}

function credentialOf(state: ClusterState, id: string): Pick<NodeAnswer, 'credential'> {
  const credential = state.credentials.get(id);
  if (credential === undefined) return {};
  const { at, joinedBy, labels, revoked } = credential;
  return {
    credential: {
      status: revoked === null ? 'holds' : 'revoked',
      since: new Date(at).toISOString(),
      ...{ joinedBy, labels },
      revoked: revoked === null ? null : new Date(revoked.at).toISOString(),
      revokedBy: revoked?.by ?? null,
    },
  };
}

function flagsOf({ cordoned, draining, quarantined }: NodeRecord): NodeFlags {
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    cordoned: cordoned && { since: time(cordoned.at), reason: cordoned.reason },
    draining: draining && { deadline: time(draining.deadline), force: draining.force },
    quarantined: quarantined && {
      since: time(quarantined.at),
      reason: quarantined.reason,
      byRecord: quarantined.byRecord,
    },
  };
}
