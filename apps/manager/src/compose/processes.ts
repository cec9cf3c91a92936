import { AccountSweep } from '../accounts/account-sweep.js';
import type { BrokerAccounts } from '../accounts/broker-accounts.port.js';
import { Losses } from '../detection/losses.js';
import { Outages } from '../detection/outages.js';
import { Sight } from '../detection/sight.js';
import { Silence } from '../detection/silence.js';
import { Storms } from '../detection/storms.js';
import { isStart, nameOf, type NodeRecord } from '@oakring/model';
import { LeaseGrants, leaseMarginMs } from '../grants/lease-grants.js';
import { Inference } from '../inference/inference.js';
import type { LoopParts } from '../leadership/loops.js';
import { assumedEnds } from '../outbox/assumed-ends.js';
import { DeliveryRecord } from '../outbox/delivery-record.js';
import { Expiries } from '../outbox/expiries.js';
import { HeldOrders } from '../outbox/held-orders.js';
import { Outbox, type BeforeFirst } from '../outbox/outbox.js';
import { StateRequests } from '../outbox/state-requests.js';
import type { NetworkComponent } from '../root/network-component.js';
import { RootSpeaking, type RootParts } from '../root/root-speaking.js';
import { execEnds } from '../exec/exec-ends.js';
import type { LiveExecs } from '../exec/live-execs.js';
import { healthWatch } from '../recovery/health-watch.js';
import { retries } from '../recovery/retries.js';
import { Rollouts } from '../rollout/rollouts.js';
import { Drains } from '../scheduling/drains.js';
import { orderedStarts } from '../scheduling/ordered-starts.js';
import { orderedStops } from '../scheduling/ordered-stops.js';
import { Placements } from '../scheduling/placements.js';
import { WaitingJobs } from '../scheduling/waiting-jobs.js';
import { WakeUps } from '../scheduling/wake-ups.js';
import { cosignatures, type Witness } from '../sealing/cosignatures.js';
import { seals } from '../sealing/seals.js';
import { stamps, type StampAuthority } from '../sealing/stamps.js';
import { secretsOfOrders } from '../secrets/given-secrets.js';
import type { SecretVault } from '../secrets/secret-vault.js';
import { shredding } from '../secrets/shredding.js';
import type { Process } from '../supervision/process.js';
import { RestoredHold } from '../supervision/restored-hold.js';
import { retention } from '../telemetry/retention.js';

/** What this process is at beside its loops. */
export interface Sessions {
  readonly execs: LiveExecs;
}

/** Who is asked about checkpoints, and whom this cluster works for. */
export interface Outsiders {
  /** Null: nobody stamps checkpoints. */
  readonly authority: StampAuthority | null;
  /** Those that are asked to cosign checkpoints. */
  readonly witnesses: readonly Witness[];
  /** Null: the cluster stands alone. */
  readonly root: RootParts | null;
  /** Null: there is none. */
  readonly network: Pick<NetworkComponent, 'startComes'> | null;
  /** Null: the broker knows nodes by itself. */
  readonly accounts: BrokerAccounts | null;
  /** What reads secrets; null: none are kept. */
  readonly vault: Pick<SecretVault, 'unseal' | 'forget'> | null;
}

/**
 * All that happens by itself while we lead: a process is added here and nowhere else. In the order in
 * which they look. Beside it those that hear of more than the views say.
 */
export function processesOf(parts: LoopParts & Outsiders & Sessions) {
  const { telemetryLog, link, queue, projection, scheduler, table, ports, wires } = parts;
  const state = () => projection.state;
  const deliveries = new DeliveryRecord();
  const hold = new RestoredHold(link, state, ports.clock, leaseMarginMs);
  const grants = new LeaseGrants(link, projection, ports, (ms) => hold.startsFromMs(ms));
  const isInferred = (node: NodeRecord) => wires.isInferred(node);
  const saysNothing = (nodeId: string): boolean => {
    const node = state().nodes.get(nodeId);
    return node !== undefined && isInferred(node);
  };
  const late = { comesLate: saysNothing, awayMs: parts.awayMs };
  const sight = new Sight(link, ports.clock, table, state, late);
  const silence = new Silence(sight, table, queue, state, ports.clock);
  const requests = new StateRequests(link, state, deliveries, ports, isInferred);
  const expiries = new Expiries(link, queue, ports.clock);
  const renew = (commandId: string) => expiries.renew(commandId, state());
  const inference = new Inference({ state, isInferred, clock: ports.clock, renew });
  const beforeFirst = startsTold(parts, saysNothing);
  const traceOf = (job: string) => parts.traces.of(job);
  const { vault } = parts;
  const secretsOf = vault === null ? null : secretsOfOrders(vault, state);
  const asked = { gate: inference, beforeFirst, traceOf, hold, secretsOf };
  const waiting = new WaitingJobs(state, table);
  const wakeUps = new WakeUps(waiting, ports.clock);
  const queued = { state, waiting, wakeUps, hold };
  const placements = new Placements(scheduler, queue, queued, ports);
  const processes = [
    retention(telemetryLog, queue),
    seals(parts.key, queue),
    ...(parts.authority === null ? [] : [stamps(parts.authority, queue, ports.clock)]),
    ...(parts.witnesses.length === 0 ? [] : [cosignatures(parts.witnesses, queue, ports.clock)]),
    new Outages(sight, saysNothing, queue),
    new Storms(sight, queue),
    silence,
    requests,
    expiries,
    new Outbox(link, queue, state, deliveries, asked, ports),
    new HeldOrders((command) => inference.whyHeld(command), saysNothing, queue),
    assumedEnds(queue),
    wakeUps,
    placements,
    orderedStops(queue),
    orderedStarts(queue),
    healthWatch(queue, sight),
    execEnds(queue, parts.execs),
    retries(queue),
    new Rollouts(scheduler, queue, state, sight),
    new Drains(scheduler, queue, state),
    new Losses(sight, grants, table, queue, saysNothing),
    ...(vault === null ? [] : [shredding(vault, queue)]),
    ...rootOf(parts, inference),
    ...accountsOf(parts),
  ];
  return {
    // Each with steps of its own, which nobody else reads.
    processes: processes as unknown as readonly Process<unknown>[],
    ...{ silence, deliveries, grants, requests, expiries, placements, inference },
  };
}

/** Only a root's services on its own workers have a network of it. */
function startsTold(
  { network, projection }: LoopParts & Outsiders,
  isTheirs: (nodeId: string) => boolean,
): BeforeFirst | null {
  if (network === null) return null;
  return async (command, ending) => {
    const job = projection.state.jobs.get(command.job);
    if (!isStart(command) || job?.numbering !== 'given' || !isTheirs(command.nodeId)) return;
    await network.startComes(nameOf(job), ending);
  };
}

function accountsOf({
  accounts,
  link,
  projection,
}: LoopParts & Outsiders): readonly AccountSweep[] {
  if (accounts === null) return [];
  const { credentials } = projection.state;
  return [new AccountSweep(accounts, link, (id) => credentials.get(id)?.revoked === null)];
}

function rootOf(parts: LoopParts & Outsiders, inference: Inference): readonly RootSpeaking[] {
  const { root, table, queue, leads, projection, ports, warn } = parts;
  if (root === null) return [];
  const measured = {
    latest: (nodeId: string) => table.latest(nodeId),
    foreignOf: (nodeId: string) => table.foreignOf(nodeId),
    gpusOf: (nodeId: string) => table.gpusOf(nodeId),
    figuresOf: (nodeId: string, job: string, instance: number) =>
      inference.figures.of(nodeId, job, instance),
    hasCreated: (nodeId: string, key: string) => inference.hasCreated(nodeId, key),
  };
  const term = { queue, state: () => projection.state, leads };
  return [new RootSpeaking(root, measured, term, ports, warn)];
}
