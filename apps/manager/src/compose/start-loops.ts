import type { Undo } from '@oakring/ports';
import { Losses } from '../detection/losses.js';
import { SilenceWatch } from '../detection/silence-watch.js';
import { LeaseGrants } from '../grants/lease-grants.js';
import type { Correspondence } from '../inbox/mqtt/worker-message.js';
import { DeliveryRecord } from '../outbox/delivery-record.js';
import { Expiries } from '../outbox/expiries.js';
import { Outbox } from '../outbox/outbox.js';
import { StateRequests } from '../outbox/state-requests.js';
import { retries } from '../recovery/retries.js';
import { Rollouts } from '../rollout/rollouts.js';
import { Drains } from '../scheduling/drains.js';
import { PlacementLoop } from '../scheduling/placement-loop.js';
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
  const deliveries = new DeliveryRecord();
  const watch = new SilenceWatch(link, table, queue, projection, ports);
  const grants = new LeaseGrants(link, projection, ports);
  const requests = new StateRequests(link, projection, deliveries, ports);
  const expiries = new Expiries(link, queue, ports.clock);
  const state = () => projection.state;
  const processes = [
    retention(telemetryLog, queue),
    seals(parts.key, queue),
    expiries,
    orderedStops(queue),
    orderedStarts(queue),
    retries(queue),
    new Rollouts(scheduler, queue, state),
    new Drains(scheduler, queue, state),
    new Losses(watch, grants, table, queue),
  ];
  const supervisor = new Supervisor(
    processes as unknown as readonly Process<unknown>[],
    projection,
    ports,
    warn,
  );
  const loops = [
    supervisor,
    watch,
    requests,
    new Outbox(link, queue, projection, deliveries, ports),
  ];
  for (const loop of loops) {
    loop.start();
    stopping.add(() => loop.stop());
  }
  const placements = new PlacementLoop(scheduler, queue, { projection, table }, ports, warn);
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
    placements,
    connectionLost: (nodeId) => watch.connectionLost(nodeId),
    get health() {
      return supervisor.health;
    },
  };
}
