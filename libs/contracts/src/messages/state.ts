import { incarnationOf, instanceAddressOf, wordIn } from './addresses.js';
import {
  flag,
  ifAny,
  ifUsable,
  may,
  optional,
  readMembers,
  wordOf,
  type Codec,
  type Members,
} from './codec.js';
import { lastLinesOf } from './last-lines.js';
import { LeftOut, reasonOf } from './left-out.js';
import { integerOf, isObject, refused, type JsonObject, type Parsed } from '../parsing/parsing.js';

const reportedStatuses = ['starting', 'running', 'completed', 'failed', 'stopping'] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

export const healthStatuses = ['starting', 'healthy', 'unhealthy'] as const;
/** How an instance does by its health checks. */
export type HealthStatus = (typeof healthStatuses)[number];

export interface ReportedHealth {
  readonly status: HealthStatus;
  readonly reason: string | null;
  /** For how long it has been so, milliseconds; null when the worker does not say. */
  readonly forMs: number | null;
}

export interface ReportedInstance {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly status: ReportedStatus;
  readonly reason: string | null;
  /** Of one that failed: the newest of what it printed, oldest first, as `newestLines` leaves them; absent: none. */
  readonly lastLines?: readonly string[];
  /** How long it has been running, milliseconds; null when the worker does not say. */
  readonly runningMs?: number | null;
  /** The ledger that ordered it, and the digest of the order; null when the worker does not say. */
  readonly ledger?: string | null;
  readonly digest?: string | null;
  /** Absent or null: it has no checks, or nothing is known yet. */
  readonly health?: ReportedHealth | null;
}

/** Nothing new is started for want of room on the disk of the worker's folder. */
export interface DiskFull {
  readonly freeMiB: number;
  /** What must be free. */
  readonly leastMiB: number;
}

/** `nodes/<id>/state`: every instance that the worker has, complete, or one page of it. */
export interface WorkerState {
  readonly incarnation: number | null;
  readonly requestId: string | null;
  /** ISO 8601, by the worker's own clock; null when it does not say. */
  readonly at?: string | null;
  readonly instances: readonly ReportedInstance[];
  /** Entries that could not be read: whatever is not listed may be one of them. */
  readonly unreadable?: number;
  /** In place of the instances: they are those of the request's `hash`. */
  readonly hash?: string | null;
  /** The worker stops on purpose and starts nothing any more: what is not listed has ended. */
  readonly final?: boolean;
  /** It starts nothing new for want of room; absent or null: it does. */
  readonly diskFull?: DiskFull | null;
  /** From 1, of `pages`; absent means the only one. */
  readonly page?: number;
  readonly pages?: number;
}

/** What a worker says of itself and its instances. */
export interface StateSaid extends Partial<Omit<WorkerState, 'instances' | 'unreadable'>> {
  /** Whose orders those instances are that do not say otherwise. */
  readonly ledger?: string | null;
  /** Absent where a `hash` says the same. */
  readonly instances?: readonly InstanceSaid[];
}

export interface InstanceSaid extends Omit<ReportedInstance, 'reason' | 'health'> {
  readonly reason?: string | null;
  readonly health?: HealthSaid;
}

export interface HealthSaid {
  readonly status: HealthStatus;
  readonly reason?: string;
  readonly forMs: number;
}

type Head = Required<Omit<WorkerState, 'instances' | 'unreadable'>> & {
  readonly ledger: string | null;
};

const maxPages = 64;
const amountRange = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

const head: Members<Head> = {
  incarnation: may(incarnationOf, null),
  requestId: may(wordIn, null),
  at: ifAny(wordIn, null),
  hash: may(wordIn, null),
  pages: may((value, name) => integerOf(value, name, { minimum: 1, maximum: maxPages }), 1),
  page: may((value, name) => integerOf(value, name, { minimum: 1, maximum: maxPages }), 1),
  final: flag,
  diskFull: ifUsable(diskFullOf, null),
  ledger: ifUsable((value, name) => wordIn(value, `state.${name}`), null),
};

export const state: Codec<WorkerState, StateSaid> = {
  members: [...Object.keys(head), 'instances'],
  write: (said) => ({ ...said }),
  read: (body) => {
    const leftOut = new LeftOut();
    const read = readMembers(head, body, leftOut);
    if (!read.ok) return read;
    const { ledger, ...said } = read.value;
    const page = integerOf(said.page, 'page', { minimum: 1, maximum: said.pages });
    if (!page.ok) return page;
    const list = body['instances'] ?? (said.hash === null ? undefined : []);
    if (!Array.isArray(list)) {
      return refused('invalid-field', 'instances is not a list.', 'instances', list ?? null);
    }
    const instances: ReportedInstance[] = [];
    for (const [index, entry] of list.entries()) {
      const instance = leftOut.or(reportedInstanceOf(entry, `instances.${index}`, leftOut), null);
      if (instance !== null) instances.push({ ...instance, ledger: instance.ledger ?? ledger });
    }
    return leftOut.beside({ ...said, instances, unreadable: list.length - instances.length });
  },
};

function diskFullOf(value: unknown, name: string): Parsed<DiskFull> {
  const said = isObject(value) ? value : {};
  const freeMiB = integerOf(said['freeMiB'], `${name}.freeMiB`, amountRange);
  if (!freeMiB.ok) return freeMiB;
  const leastMiB = integerOf(said['leastMiB'], `${name}.leastMiB`, amountRange);
  if (!leastMiB.ok) return leastMiB;
  return { ok: true, value: { freeMiB: freeMiB.value, leastMiB: leastMiB.value } };
}

const runningRange = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** Whatever it is that cannot be used, the field that is told begins with which instance it is of. */
function reportedInstanceOf(
  entry: unknown,
  field: string,
  leftOut: LeftOut,
): Parsed<ReportedInstance> {
  if (!isObject(entry)) return refused('invalid-field', `${field} is not an object.`, field, entry);
  const address = instanceAddressOf(entry, field);
  if (!address.ok) return address;
  const { job, instance, generation } = address.value;
  const which = `${field} (${job}/${instance}/${generation})`;
  const status = wordOf(reportedStatuses)(entry['status'], `${which}.status`);
  if (!status.ok) return status;
  const reason = reasonOf(entry['reason'], `${which}.reason`, leftOut);
  const runningMs = optional(entry['runningMs'], null, (value) =>
    integerOf(value, `${which}.runningMs`, runningRange),
  );
  const lastLines = lastLinesOf(entry['lastLines'], `${which}.lastLines`, leftOut);
  const value = {
    ...{ ...address.value, status: status.value, reason, runningMs: leftOut.or(runningMs, null) },
    ...(lastLines.length === 0 ? {} : { lastLines }),
    ledger: identityOf(entry, 'ledger', which, leftOut),
    digest: identityOf(entry, 'digest', which, leftOut),
    health: healthOf(entry['health'], `${which}.health`, leftOut),
  };
  return { ok: true, value };
}

/** What of it cannot be read costs no more than itself: the instance is there all the same. */
function healthOf(value: unknown, field: string, leftOut: LeftOut): ReportedHealth | null {
  if (value === undefined || value === null) return null;
  const said = isObject(value) ? value : {};
  const status = leftOut.or(wordOf(healthStatuses)(said['status'], `${field}.status`), null);
  if (status === null) return null;
  const forMs = optional(said['forMs'], null, (ms) =>
    integerOf(ms, `${field}.forMs`, runningRange),
  );
  const reason = reasonOf(said['reason'], `${field}.reason`, leftOut);
  return { status, reason, forMs: leftOut.or(forMs, null) };
}

function identityOf(
  entry: JsonObject,
  name: 'ledger' | 'digest',
  which: string,
  leftOut: LeftOut,
): string | null {
  const word = optional(entry[name], null, (value) => wordIn(value, `${which}.${name}`));
  return leftOut.or(word, null);
}
