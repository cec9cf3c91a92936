import type { SigningKey, TelemetryLog } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { CommandQueue } from './commands/command.js';
import { SilenceWatch } from './detection/silence-watch.js';
import type { DownLink } from './outbox/down-link.port.js';
import { DeliveryRecord } from './outbox/delivery-record.js';
import { Outbox } from './outbox/outbox.js';
import { StateRequests } from './outbox/state-requests.js';
import { PlacementLoop } from './scheduling/placement-loop.js';
import type { Scheduler } from './scheduling/scheduler.port.js';
import { StopLoop } from './scheduling/stop-loop.js';
import { SealingLoop } from './sealing/sealing-loop.js';
import { TelemetryRetention } from './telemetry/retention.js';
import type { TelemetryTable } from './telemetry/telemetry-table.js';
import type { Projection } from './views/projection.js';
import type { Undo } from './undo.js';

export interface LoopParts {
  readonly telemetryLog: TelemetryLog;
  readonly link: DownLink;
  readonly queue: CommandQueue;
  readonly projection: Projection;
  readonly scheduler: Scheduler;
  readonly table: TelemetryTable;
  readonly key: SigningKey;
  readonly ports: Ports;
  readonly warn: (line: string) => void;
}

/** What works by itself between the views and the world: each is started here and stopped by `stopping`. */
export function startLoops(
  parts: LoopParts,
  stopping: Undo,
): { watch: SilenceWatch; deliveries: DeliveryRecord; placements: PlacementLoop } {
  const { telemetryLog, link, queue, projection, scheduler, table, ports, warn } = parts;
  const deliveries = new DeliveryRecord();
  const watch = new SilenceWatch(link, table, queue, projection, ports);
  const loops = [
    new TelemetryRetention(telemetryLog, queue, ports, warn),
    new SealingLoop(parts.key, queue, projection, ports, warn),
    new StopLoop(queue, projection, ports, warn),
    watch,
    new StateRequests(link, projection, deliveries, ports),
    new Outbox(link, queue, projection, deliveries, ports),
  ];
  for (const loop of loops) {
    loop.start();
    stopping.add(() => loop.stop());
  }
  const placements = new PlacementLoop(scheduler, queue, projection, ports, warn);
  return { watch, deliveries, placements };
}
