import { refuseHalfRestored, type CheckpointStore, type EventStore } from '@oakring/stores';
import type { SigningKey } from '@oakring/events';
import { NodeChangeFeed, type ClusterState } from '@oakring/model';
import type { Ports, Undo } from '@oakring/ports';
import type { TelemetryLog } from '@oakring/telemetry';
import type { MessageCounts } from '../inbox/mqtt/worker-message.js';
import { Leadership } from '../leadership/leadership.js';
import type { Leader } from '../leadership/open-epoch.js';
import type { Scheduler } from '../scheduling/scheduler.port.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { Checkpointer } from '../views/checkpointer.js';
import { Projection } from '../views/projection.js';
import { RecentTraces } from '../views/recent-traces.js';
import { spokenTo } from '../wires/spoken.js';
import type { Dialect } from '../wires/dialect.port.js';
import type { Wires } from '../wires/wires.js';
import type { InboxConnection } from './inbox-parts.js';
import { LiveExecs } from '../exec/live-execs.js';
import type { Outsiders } from './processes.js';
import { startLoops } from './start-loops.js';

/** What a manager shows, whether it leads or not. */
export interface Views {
  readonly projection: Projection;
  readonly feed: NodeChangeFeed;
  /** How the nodes that are shown are spoken with. */
  readonly wires: Wires;
  readonly traces: RecentTraces;
}

interface Spoken {
  /** Absent: all that there are. */
  readonly dialects?: readonly Dialect[];
}

/** The views as they were recovered, and what is kept of them for the next start. */
export function startViews(
  recovered: ClusterState,
  checkpoints: CheckpointStore,
  { ports, warn, dialects }: Pick<Surroundings, 'ports' | 'warn'> & Spoken,
  stopping: Undo,
): Views {
  const projection = new Projection(recovered, ports);
  const feed = new NodeChangeFeed(projection.state);
  projection.onProjected((_events, head, { nodes }) => feed.record(head.position, nodes));
  const traces = new RecentTraces(ports.clock);
  projection.onProjected((events) => traces.note(events));
  const checkpointer = new Checkpointer(checkpoints, projection, ports, warn);
  checkpointer.start();
  stopping.add(() => checkpointer.stop());
  return { projection, feed, traces, wires: spokenTo(projection, dialects) };
}

/**
 * What a manager is put together with: sockets, files and a process in `start-manager.ts`, all of it
 * simulated in the simulator. HTTP is not among it: it listens on real sockets in real time.
 */
export interface Surroundings {
  readonly ports: Ports;
  readonly warn: (line: string) => void;
  readonly store: Pick<EventStore, 'log' | 'leases' | 'place' | 'time'> & {
    readonly restoring: Pick<EventStore['restoring'], 'read'>;
  };
  readonly connection: InboxConnection;
  /** Whether the broker can be reached from here, by whoever does not lead. */
  readonly reachesBroker: () => Promise<boolean>;
  /** Calls back when the broker saw a worker's connection break; a broker elsewhere does not tell. */
  readonly onWorkerGone: (listener: (nodeId: string) => void) => void;
  readonly scheduler: Scheduler;
  readonly openTelemetryLog: (epoch: number, table: TelemetryTable) => Promise<TelemetryLog>;
  /** Where others reach us over HTTP; known once we listen. */
  readonly url: () => string;
  readonly key: SigningKey;
  readonly outsiders: Outsiders;
  readonly leader: Omit<Leader, 'url' | 'key'>;
}

interface ComposedManager {
  readonly table: TelemetryTable;
  readonly messages: MessageCounts;
  readonly execs: LiveExecs;
  readonly leadership: Leadership;
}

/** A manager that has not begun yet: `leadership.start` begins to lead, or to follow. */
export function composeManager(
  { projection, wires, traces }: Views,
  around: Surroundings,
  stopping: Undo,
): ComposedManager {
  const { ports, warn, store, connection, reachesBroker, scheduler, url, key, outsiders } = around;
  const table = new TelemetryTable(ports);
  const messages: MessageCounts = new Map(wires.kinds.map((kind) => [kind, 0]));
  const execs = new LiveExecs();
  const leadership = new Leadership(store.leases, url, {
    ...{ log: store.log, place: store.place, projection, connection, scheduler, table },
    ...{ wires, traces, reachesBroker, ports, warn },
    startLoops: (parts, ending) => startLoops({ ...parts, ...outsiders, execs }, ending),
    refuseHalfRestored: () => refuseHalfRestored(store),
    storeTime: store.time ?? (async () => ports.clock.wallMs()),
    openTelemetryLog: (epoch) => around.openTelemetryLog(epoch, table),
    leader: () => ({ ...around.leader, url: url(), key }),
  });
  stopping.add(() => leadership.stop());
  around.onWorkerGone((nodeId) => leadership.current?.connectionLost(nodeId));
  return { table, messages, execs, leadership };
}
