import type { SigningKey } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { TelemetryLog } from '@oakring/telemetry';
import type { CommandQueue } from '../commands/command.js';
import type { Correspondence } from '../inbox/mqtt/worker-message.js';
import type { DownLink } from '../outbox/down-link.port.js';
import type { Scheduler } from '../scheduling/scheduler.port.js';
import type { ProcessHealth } from '../supervision/watched-process.js';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';
import type { Projection } from '../views/projection.js';
import type { RecentTraces } from '../views/recent-traces.js';
import type { Wires } from '../wires/wires.js';

/** What works by itself while we lead gets these; which loops there are is composed from outside. */
export interface LoopParts {
  readonly telemetryLog: TelemetryLog;
  readonly link: DownLink;
  readonly queue: CommandQueue;
  /** The lease is renewed: nobody else may lead by now. */
  readonly leads: () => boolean;
  readonly projection: Projection;
  readonly wires: Wires;
  readonly traces: RecentTraces;
  readonly scheduler: Scheduler;
  readonly table: TelemetryTable;
  /** For how long nobody may have led before this term. */
  readonly awayMs: number;
  readonly key: SigningKey;
  readonly ports: Ports;
  readonly warn: (line: string) => void;
}

export interface Loops {
  readonly correspondence: Omit<Correspondence, 'streamed'>;
  readonly health: readonly ProcessHealth[];
  connectionLost(nodeId: string): void;
  /** The scheduler can be asked: nothing is placed before. */
  startPlacing(): void;
}
