import type { Undo } from '@oakring/ports';
import { Losses } from '../detection/losses.js';
import { Sight } from '../detection/sight.js';
import { Silence } from '../detection/silence.js';
import { Storms } from '../detection/storms.js';
import { LeaseGrants } from '../grants/lease-grants.js';
import type { Correspondence } from '../inbox/mqtt/worker-message.js';
import { assumedEnds } from '../outbox/assumed-ends.js';
import { DeliveryRecord } from '../outbox/delivery-record.js';
import { Expiries } from '../outbox/expiries.js';
import { Outbox } from '../outbox/outbox.js';
import { StateRequests } from '../outbox/state-requests.js';
import { retries } from '../recovery/retries.js';
import { Rollouts } from '../rollout/rollouts.js';
import { Drains } from '../scheduling/drains.js';
import { Placements } from '../scheduling/placements.js';
import { WaitingJobs } from '../scheduling/waiting-jobs.js';
import { WakeUps } from '../scheduling/wake-ups.js';
import { orderedStarts } from '../scheduling/ordered-starts.js';
import { orderedStops } from '../scheduling/ordered-stops.js';
import { seals } from '../sealing/seals.js';
import type { LoopParts, Loops } from '../leadership/loops.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { retention } from '../telemetry/retention.js';

/** What works by itself between the views and the world: each is started here and stopped by `stopping`. */
export function startLoops(parts: LoopParts, stopping: Undo): Loops {
  const { telemetryLog, link, queue, projection, scheduler, table, ports, warn } = parts;
  const state = () => projection.state;
  const sight = new Sight(link, ports.clock, table, state);
  const silence = new Silence(sight, table, queue, state, ports.clock);
  const deliveries = new DeliveryRecord();
  const grants = new LeaseGrants(link, projection, ports);
  const requests = new StateRequests(link, state, deliveries, ports);
  const expiries = new Expiries(link, queue, ports.clock);
  const waiting = new WaitingJobs(state, table);
  const wakeUps = new WakeUps(waiting, ports.clock);
  const queued = { state, waiting, wakeUps };
  const placements = new Placements(scheduler, queue, queued, ports, warn);
  const processes = [
    retention(telemetryLog, queue),
    seals(parts.key, queue),
    new Storms(sight, queue),
    silence,
    requests,
    expiries,
    new Outbox(link, queue, state, deliveries, ports.clock),
    assumedEnds(queue),
    wakeUps,
    placements,
    orderedStops(queue),
    orderedStarts(queue),
    retries(queue),
    new Rollouts(scheduler, queue, state),
    new Drains(scheduler, queue, state),
    new Losses(sight, grants, table, queue),
  ];
  const supervisor = new Supervisor(
    processes as unknown as readonly Process<unknown>[],
    projection,
    ports,
    warn,
  );
  supervisor.start();
  stopping.add(() => supervisor.stop());
  const correspondence: Correspondence = {
    provesAbsence: (nodeId, { requestId }) => deliveries.provesAbsence(nodeId, requestId),
    confirms: (nodeId, requestId, hash) => requests.confirms(nodeId, requestId, hash),
    registered: (nodeId) => {
      table.touch(nodeId);
      requests.registered(nodeId);
    },
    heardAgain: (nodeId) => requests.heardAgain(nodeId),
    progressed: (commandId) => expiries.renew(commandId, projection.state),
    readingTaken: (nodeId, incarnation, sequence) => grants.answer(nodeId, incarnation, sequence),
  };
  return {
    correspondence,
    startPlacing: () => placements.open(),
    connectionLost: (nodeId) => silence.connectionLost(nodeId),
    get health() {
      return supervisor.health;
    },
  };
}
