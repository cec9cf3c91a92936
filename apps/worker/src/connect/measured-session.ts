import { parsePorts, shownUrl, type HealthStatus, type Resources } from '@oakring/contracts';
import { allowancesOf, type Allowance } from '../allowed/allowances.js';
import type { WorkerOptions } from '../config/worker-options.js';
import type { InstanceStatus } from '../controls/decide-control.js';
import { listed, type Instance } from '../controls/instance.js';
import type { Instances } from '../controls/instances.js';
import type { HistoryDelivery } from '../history/history-delivery.js';
import type { Leases } from '../lease/leases.js';
import type { Room } from '../memory/disk-room.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import type { HighestEpoch } from './highest-epoch.js';
import type { OrderCounts, RefusedOrder } from './order-counts.js';
import type { Registering } from './registering.js';
import { capacityOf } from './reports.js';
import type { Telemetry } from './telemetry.js';

/** What is shown of one instance. */
export interface ShownInstance {
  readonly job: string;
  /** What the job is called; null where it was never ordered in our memory. */
  readonly name: string | null;
  readonly instance: number;
  readonly generation: number;
  readonly technology: string;
  readonly status: InstanceStatus;
  readonly reason: string | null;
  /** Null while it does not run, or since before this start of the worker. */
  readonly runningMs: number | null;
  readonly health: HealthStatus | null;
  /** Null while it is not known. */
  readonly used: Resources | null;
  /** As they are published: `8080:80/tcp`. */
  readonly ports: readonly string[];
}

/** How a worker stands, for its own page. Times are milliseconds, by this machine's clock since 1970. */
export interface WorkerStanding {
  readonly node: string;
  readonly name: string;
  readonly incarnation: number;
  /** Without credentials. */
  readonly broker: string;
  /** What it is known by there; never a secret. */
  readonly credential: string;
  readonly isConnected: boolean;
  readonly isRegistered: boolean;
  /** Code of the refusal while the manager does not accept it. */
  readonly refusedBecause: string | null;
  /** Of the leadership that was heard last; 0: of none yet. */
  readonly epoch: number;
  readonly ledger: string | null;
  /** Age of the newest grant for what must never run twice; null: there was none. */
  readonly grantAgeMs: number | null;
  readonly unsent: number;
  readonly disk: Room['figures'] & { readonly isFull: boolean };
  readonly technologies: readonly string[];
  readonly features: readonly string[];
  /** What jobs may ask of this machine, by its owner's word. */
  readonly allowances: readonly Allowance[];
  readonly capacity: Resources;
  readonly instances: readonly ShownInstance[];
  /** The newest that were not carried out, oldest first. */
  readonly refusedOrders: readonly RefusedOrder[];
}

/** What a listener shows of a session. */
export interface MeasuredSession {
  instances(): Generator<{ readonly technology: string; readonly status: string }>;
  readonly orders: OrderCounts['counts'];
  readonly checks: Instances['looks'];
  readonly isConnected: boolean;
  readonly isRegistered: boolean;
  readonly readings: number;
  readonly unsent: number;
  standing(): WorkerStanding;
}

interface Parts {
  readonly options: WorkerOptions;
  readonly data: WorkerStore;
  readonly instances: Instances;
  readonly orderCounts: OrderCounts;
  readonly telemetry: Telemetry;
  readonly history: HistoryDelivery;
  readonly registering: Registering;
  readonly epochs: HighestEpoch;
  readonly leases: Leases;
  readonly room: Room;
  readonly credential: () => string;
}

/** Reads the parts of a session, whenever it is asked. */
export function measuredSession(parts: Parts, isConnected: () => boolean): MeasuredSession {
  const { instances, orderCounts, telemetry, history, registering } = parts;
  return {
    *instances() {
      for (const { runtime, status } of instances.table.all()) {
        yield { technology: runtime.technology, status };
      }
    },
    orders: orderCounts.counts,
    checks: instances.looks,
    get isConnected() {
      return isConnected();
    },
    get isRegistered() {
      return registering.isRegistered;
    },
    get readings() {
      return telemetry.taken;
    },
    get unsent() {
      return history.unsent;
    },
    standing: () => ({ ...standingOf(parts), isConnected: isConnected() }),
  };
}

function standingOf({
  options,
  data,
  instances,
  orderCounts,
  history,
  registering,
  epochs,
  leases,
  room,
  credential,
}: Parts): Omit<WorkerStanding, 'isConnected'> {
  return {
    ...{ node: options.id, name: options.name, incarnation: data.incarnation },
    broker: shownUrl(options.mqttUrl),
    credential: credential(),
    isRegistered: registering.isRegistered,
    refusedBecause: registering.refusedBecause,
    ...{ epoch: epochs.highest, ledger: epochs.ledger },
    grantAgeMs: leases.ageMs,
    unsent: history.unsent,
    disk: { ...room.figures, isFull: room.full !== null },
    technologies: instances.table.technologies,
    features: registering.features,
    allowances: allowancesOf(options),
    capacity: capacityOf(options),
    instances: instances.table.list().map((each) => shownOf(each, instances)),
    refusedOrders: [...orderCounts.refused],
  };
}

function shownOf(instance: Instance, instances: Instances): ShownInstance {
  const { description, runtime, status } = instance;
  const {
    job,
    instance: number,
    generation,
    reason,
    runningMs,
    health,
  } = listed(instance, instances.nowMs);
  const ports = parsePorts(description ?? {});
  return {
    ...{ job, instance: number, generation, status, reason, runningMs },
    name: description === null ? null : String(description['name'] ?? job),
    technology: runtime.technology,
    health: health?.status ?? null,
    used: status === 'running' ? runtime.usageOf(instance) : null,
    ports: ports.ok
      ? ports.value.map(({ published, port, protocol }) => `${published}:${port}/${protocol}`)
      : [],
  };
}
