import { clash, covers, plus, portsOf, type ReportedInstance } from '@oakring/contracts';
import { jobStream } from '@oakring/events';
import {
  adoptedPolicy,
  highestGeneration,
  holdsNamesake,
  instanceKey,
  orderDigest,
  placementKey,
  restoredOf,
  secretsFor,
  type InstanceRecord,
  type JobRecord,
} from '@oakring/model';
import type { Deciding } from './deciding.js';
import { abortMoveTo, orderStarts } from './orders.js';
import { heldOn } from './replacements.js';
import { succeed } from './worker-answers.js';

/**
 * An instance of what was lost with a restored ledger (docs/backup.md): placed after the backup, by a generation
 * that we do not know, and the very thing that its job wants. It is taken up where it runs: nothing that is wanted is started
 * anew because we forgot where it was put. What was there by our word before is on its way out: it is what the lost
 * decision took the instance from. True where it was taken up.
 */
export function adopt(deciding: Deciding, nodeId: string, seen: ReportedInstance): boolean {
  const { state } = deciding;
  const job = state.jobs.get(seen.job);
  const instance = state.instances.get(instanceKey(seen.job, seen.instance));
  if (job === undefined || instance === undefined) return false;
  if (!isWanted(deciding, { job, instance, seen }) || !hasRoom(deciding, job, instance, nodeId))
    return false;
  withdraw(deciding, instance);
  const { id } = job;
  const { instance: number, generation } = seen;
  const reason =
    'it was found running there: it was placed after the backup that the ledger comes from';
  deciding.emit({
    stream: jobStream(id),
    type: 'InstancesPlaced',
    data: {
      decisionId: deciding.nextAddress(),
      basis: adopted(deciding),
      placements: [{ instance: number, generation, nodeId, reason, total: 0, scores: {} }],
    },
  });
  const placement = state.placements.get(placementKey(id, number, generation));
  if (placement === undefined) return true;
  orderStarts(deciding, [placement]);
  const { commandId = null } = state.placements.get(placementKey(id, number, generation)) ?? {};
  const command = commandId === null ? undefined : state.commands.get(commandId);
  // It has been done: nothing goes out.
  if (command !== undefined && seen.status === 'running') succeed(deciding, command, false);
  return true;
}

interface Found {
  readonly job: JobRecord;
  readonly instance: InstanceRecord;
  readonly seen: ReportedInstance;
}

function isWanted({ state }: Deciding, { job, instance, seen }: Found): boolean {
  const restored = restoredOf(state);
  if (restored === null || job.status !== 'active' || instance.removing) return false;
  if (instance.status === 'completed') return false;
  if (seen.status !== 'running' && seen.status !== 'starting') return false;
  // Given behind what we remember of it, and not by us since.
  const { generation } = seen;
  if (generation <= highestGeneration(instance) || generation > restored.generationsAbove)
    return false;
  const { document } = job;
  return seen.digest === orderDigest(state, document, secretsFor(state, document));
}

/** The port that it is remembered to have there is its own: it runs, so that it has it. */
function hasRoom(
  { state }: Deciding,
  job: JobRecord,
  instance: InstanceRecord,
  nodeId: string,
): boolean {
  const node = state.nodes.get(nodeId);
  if (node === undefined || holdsNamesake(state, job, nodeId)) return false;
  const asked = portsOf(job);
  const { ports: own = [] } = heldOn(state, instance, nodeId);
  const others = node.ports.filter((held) => held.job !== job.id || !own.includes(held.port));
  if (others.some(({ port }) => asked.some((other) => clash(port, other)))) return false;
  return covers(node.capacity, plus(node.reserved, job.resources));
}

/** From where it is by what we remember; the order to stop there follows. */
function withdraw(deciding: Deciding, { job: id, number, moving }: InstanceRecord): void {
  const reason = 'it was moved after the backup that the ledger comes from';
  if (moving !== null) {
    abortMoveTo(deciding, { job: id, instance: number, generation: moving.generation }, reason);
  }
  const { generation = 0, nodeId = null } =
    deciding.state.instances.get(instanceKey(id, number)) ?? {};
  const placement = deciding.state.placements.get(placementKey(id, number, generation));
  if (nodeId === null || placement?.wanted !== true) return;
  deciding.emit({
    stream: jobStream(id),
    type: 'InstanceWithdrawn',
    data: { instance: number, generation, nodeId, reason, elsewhere: false },
  });
}

/** Nothing was planned: it was so. */
function adopted({ position }: Deciding) {
  const saw = { sawLedger: position, sawTelemetry: 0, nodes: 1, feasible: 1, filtered: {} };
  return { policy: adoptedPolicy, seed: 0, ...saw };
}
