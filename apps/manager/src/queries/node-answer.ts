import type { NodeAnswer, NodeFlags } from '@oakring/contracts';
import type { TelemetryReader } from '../telemetry/telemetry-table.js';
import type { NodeRecord } from '../views/records.js';

/** `GET /api/v1/nodes/{id}`: the view's record, joined with what was measured last. */
export function nodeAnswer(node: NodeRecord, telemetry: TelemetryReader): NodeAnswer {
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
    capacity: node.capacity,
    assumed: node.assumed,
    reserved: node.reserved,
    used: reading === null ? null : { cpu: reading.cpu, memory: reading.memory },
    lastSeen: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString(),
    readingsShed: telemetry.shedOf(node.id),
    instances: node.placements,
    labels: node.labels,
    technologies: node.technologies,
    architecture: node.architecture,
    acknowledges: node.acknowledges,
    enforcesStop: node.enforcesStop,
    flags: flagsOf(node),
    unexpected: node.unexpected,
    position: node.position,
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
