import { OakringError } from '@oakring/contracts';
import type { EventLogWriter } from '@oakring/stores';
import type { TelemetryLog } from '@oakring/telemetry';
import { clusterKey, type ClusterState } from '@oakring/model';
import { type Ports, Undo } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import type { CommandFigures } from '../commands/command-figures.js';
import { spannedQueue } from '../commands/spanned-queue.js';
import { tracedQueue } from '../commands/traced-queue.js';
import { CommandWriter } from '../commands/writer.js';
import type { Correspondence } from '../inbox/mqtt/worker-message.js';
import type { Scheduler } from '../scheduling/scheduler.port.js';
import type { LoopParts, Loops } from './loops.js';
import type { ProcessHealth } from '../supervision/watched-process.js';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';
import type { Projection } from '../views/projection.js';
import type { RecentTraces } from '../views/recent-traces.js';
import { NodeStreams } from '../streams/node-streams.js';
import { WorkerLine } from '../wires/worker-line.js';
import type { Wires } from '../wires/wires.js';
import type { Lease } from './lease/lease.js';
import { watchLateness } from './lease/late-watch.js';
import { openEpoch, type Leader } from './open-epoch.js';
import { TermLink, type TermConnection } from './term-link.js';

/** What a term works with and leaves behind. */
export interface TermParts {
  readonly log: EventLogWriter;
  /** Where the log is, for messages. */
  readonly place: string;
  readonly projection: Projection;
  readonly connection: TermConnection;
  readonly wires: Wires;
  readonly traces: RecentTraces;
  /** Whether the broker can be reached from here, by whoever does not lead. */
  readonly reachesBroker: () => Promise<boolean>;
  /** Throws `restore-unfinished` while a backup is put into the store. */
  readonly refuseHalfRestored: () => Promise<void>;
  /** The time of the store, where there may be several managers; our own otherwise. */
  readonly storeTime: () => Promise<number>;
  readonly scheduler: Scheduler;
  readonly table: TelemetryTable;
  readonly openTelemetryLog: (epoch: number) => Promise<TelemetryLog>;
  readonly leader: () => Leader;
  /** Starts what works by itself; `stopping` ends it. */
  readonly startLoops: (parts: LoopParts, stopping: Undo) => Loops;
  readonly ports: Ports;
  readonly warn: (line: string) => void;
}

/** Our leadership while it lasts: everything that only a leader has. */
export interface Term {
  readonly lease: Lease;
  readonly queue: CommandQueue;
  readonly telemetryLog: TelemetryLog;
  readonly correspondence: Omit<Correspondence, 'streamed'>;
  /** Of workers, to whoever reads them. */
  readonly streams: NodeStreams;
  /** How what happens by itself does. */
  readonly processes: readonly ProcessHealth[];
  /** Monotonic: when the append that is under way began; null: none is. */
  readonly appendBeganMs: number | null;
  /** Resolves when somebody else leads; rejects when nobody may go on with this log. */
  readonly over: Promise<void>;
  connectionLost(nodeId: string): void;
  startPlacing(): void;
  /** We leave: what is queued is written, and the lease given back. */
  stop(): Promise<void>;
  /** We were replaced: nothing more is written, answered or sent. */
  abandon(): Promise<void>;
}

/** Said once, while whoever founds the cluster looks on: later it is only what somebody claims. */
function foundedBy(fingerprint: string): string {
  return (
    `The cluster is founded; its first key is ${fingerprint}. Keep this fingerprint apart from the ledger: ` +
    `"oakring audit verify --trust <fingerprint>" rests on it.`
  );
}

/** What it is called where troubles are named. */
const sealKeyName = 'seal key';

/**
 * It leads all the same, and seals; but nobody has vouched for its seals, and none of them proves anything.
 * Null: its key counts.
 */
function notCounting(state: ClusterState, fingerprint: string): string | null {
  const status = state.keys.get(fingerprint)?.status;
  if (status === 'counts') return null;
  const unproven = 'does not count: nothing that it seals is proven';
  if (status === 'revoked') {
    return (
      `The key of this manager was revoked, and ${unproven}. Give it another: stop it, move its seal-key.pem away, ` +
      `start it, and have a key that counts vouch for the new one ("oakring audit endorse").`
    );
  }
  return (
    `The key of this manager ${unproven}. A key that does vouches for it: ` +
    `"oakring audit endorse ${fingerprint} --key <seal-key.pem of the founder>".`
  );
}

/** As that of a process: a leader whose key does not count is degraded until somebody vouches for it. */
function keyHealth(reason: string | null, sinceMs: number, nowMs: number): ProcessHealth {
  return {
    ...{ name: sealKeyName, keys: reason === null ? 0 : 1, failures: 0 },
    oldestMs: reason === null ? 0 : Math.max(0, nowMs - sinceMs),
    trouble: reason === null ? null : { sinceMs, reason },
  };
}

/** Opens the epoch of `lease` and starts what only a leader does. Throws as `openEpoch`. */
export async function beginTerm(
  lease: Lease,
  parts: TermParts,
  figures: CommandFigures,
): Promise<Term> {
  const { log, projection, connection, table, ports, warn } = parts;
  const leader = parts.leader();
  const { fingerprint } = leader.key;
  const isFounded = await openEpoch(lease.epoch, { ...parts, leader });
  const unproven = (): string | null => notCounting(projection.state, fingerprint);
  const warning = isFounded ? foundedBy(fingerprint) : unproven();
  if (warning !== null) warn(warning);
  const begunMs = ports.clock.wallMs();
  const telemetryLog = await parts.openTelemetryLog(lease.epoch);
  const halted = halting();
  const writer = new CommandWriter(log, projection, lease, ports, halted.halt, figures);
  const queue = spannedQueue(writer, ports.tracer);
  const link = new TermLink(connection, new WorkerLine(connection, parts.wires), lease, ports);
  const stopping = new Undo();
  const loops = parts.startLoops(
    {
      ...parts,
      ...{ link, queue: tracedQueue(queue, parts.traces), telemetryLog, key: leader.key, warn },
      leads: () => lease.isHeld,
      awayMs: unheardMs(projection.state, ports.clock.wallMs()),
    },
    stopping,
  );
  const streams = new NodeStreams({ link, projection, ports });
  connection.start(() => lease.isHeld);
  const lateness = watchLateness(lease, ports.timers, warn);
  stopping.add(() => lateness.cancel());
  const silence = async (): Promise<void> => {
    streams.stop();
    await stopping.run();
    link.detach();
  };
  const rest = async (): Promise<void> => {
    await connection.stop();
    await telemetryLog.close();
    table.forget();
  };
  return {
    lease,
    queue,
    telemetryLog,
    correspondence: loops.correspondence,
    streams,
    get processes() {
      return [...loops.health, keyHealth(unproven(), begunMs, ports.clock.wallMs())];
    },
    get appendBeganMs() {
      return writer.appendBeganMs;
    },
    over: Promise.race([lease.lost.then(() => {}), halted.over]),
    connectionLost: (nodeId) => loops.connectionLost(nodeId),
    startPlacing: () => loops.startPlacing(),
    stop: async () => {
      await silence();
      await writer.stop();
      await rest();
      await lease.release();
    },
    abandon: async () => {
      const settled = writer.abandon(replaced());
      // First of all the workers: nobody may hear two leaders.
      await connection.stop();
      await silence();
      await rest();
      await settled;
    },
  };
}

/** For how long workers may have had nobody to speak to: the epoch that is open says since when. */
function unheardMs({ cluster, head }: ClusterState, nowMs: number): number {
  return Math.max(0, nowMs - (cluster.get(clusterKey)?.unheardSince ?? head.at));
}

/** How a writer ends a term: `not-leading` ends it, anything else ends the process. */
function halting(): { halt: (error: OakringError) => void; over: Promise<void> } {
  let halt: (error: OakringError) => void = () => {};
  const over = new Promise<void>((resolve, reject) => {
    halt = (error) => (error.code === 'not-leading' ? resolve() : reject(error));
  });
  over.catch(() => {
    // Whoever leads listens; a term that is being stopped has nobody left.
  });
  return { halt, over };
}

function replaced(): OakringError {
  return new OakringError({
    code: 'not-leading',
    detail: 'Another manager leads the cluster now.',
  });
}
