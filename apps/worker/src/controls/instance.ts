import {
  cutText,
  leaseRanOut,
  type Ack,
  type Fault,
  type JsonObject,
  type ReportedHealth,
} from '@oakring/contracts';
import { safeText } from '@oakring/log';
import type { RememberedInstance } from '../memory/worker-store.port.js';
import type { InstanceAddress, InstanceExit, Runtime } from '../runtimes/runtime.port.js';
import type { Health } from '../checks/judgement.js';
import { redactedLines, redactionOf, withheld, type Redaction } from './redaction.js';
import type { Identity, InstanceStatus, KnownInstance } from './decide-control.js';

/** Well under what an acknowledgement may carry, and under what a state of many has room for. */
const maxReasonCharacters = 300;

/** One instance of this worker, as it is now. */
export interface Instance extends KnownInstance {
  status: InstanceStatus;
  reason: string | null;
  /** Whose fault it is that it did not start, where that is known. */
  fault: Fault | null;
  /** Of one that failed: what it printed last. */
  lastLines: readonly string[];
  readonly runtime: Runtime;
  /** The job as it was ordered; null for one that was found and never ordered in our memory. */
  readonly description: (JsonObject & { readonly id: string }) | null;
  /** Values of the secrets that it names. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Takes them out of what it says. */
  readonly redacted: Redaction;
  /** It is stopped without a grant for this long, milliseconds; null: it goes on. */
  readonly leaseMs: number | null;
  /** Orders that the end of what is under way will answer. */
  orders: string[];
  readonly cancel: AbortController;
  /** Settled, never rejected, once the start has come to an end. */
  started: Promise<void>;
  readonly ledger: string | null;
  readonly digest: string | null;
  /** It gives way to another of its name: why it could not, or null once it is gone; null: it does not. */
  displacing: Promise<string | null> | null;
  /** It is stopped without a grant: resolves once it is gone; null: it is not. */
  expiring: Promise<void> | null;
  /** Monotonic: since when it runs; null: it does not, or since before this start. */
  runningSinceMs: number | null;
  /** By its job's checks; null: it has none, or nothing is known yet. */
  health: Health | null;
}

export interface NewInstance {
  readonly address: InstanceAddress;
  readonly runtime: Runtime;
  readonly description: Instance['description'];
  readonly leaseMs: number | null;
  readonly identity: Identity;
  /** Null: nobody knows them any more. */
  readonly secrets?: Readonly<Record<string, string>> | null;
}

export function newInstance(
  { address, runtime, description, leaseMs, identity, secrets = {} }: NewInstance,
  status: InstanceStatus,
  reason: string | null,
): Instance {
  const { job, instance, generation } = address;
  return {
    job,
    instance,
    generation,
    runtime,
    description,
    secrets: secrets ?? {},
    redacted: secrets === null ? withheld : redactionOf(secrets),
    leaseMs,
    status,
    reason,
    fault: null,
    lastLines: [],
    ...identity,
    displacing: null,
    orders: [],
    cancel: new AbortController(),
    started: Promise.resolve(),
    expiring: null,
    runningSinceMs: null,
    health: null,
  };
}

export function isEnded({ status }: KnownInstance): boolean {
  return status === 'completed' || status === 'failed';
}

/** The list is shared with the work that is under way: its end answers what is in it then. */
export function join(instance: Instance | undefined, commandId: string): void {
  if (instance?.orders.includes(commandId) === false) instance.orders.push(commandId);
}

/** What is to be remembered of it; null for what is being deleted, or was never ordered. */
export function rememberedOf(instance: Instance): RememberedInstance | null {
  const { description, instance: number, generation, status, reason, ledger, digest } = instance;
  if (description === null || status === 'stopping') return null;
  const kept = status === 'completed' || status === 'failed' ? status : 'wanted';
  const given = { job: description, instance: number, generation, status: kept, reason } as const;
  // What has ended is started no more.
  const needed = kept === 'wanted' && Object.keys(instance.secrets).length > 0;
  return { ...given, ledger, digest, ...(needed ? { secrets: instance.secrets } : {}) };
}

/** May quote what a program said: made safe before it is cut, while an address still has its end. */
export function shortReason(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return cutText(safeText(text), maxReasonCharacters);
}

/** The same of what an instance may have said: without its secrets. */
export function reasonOf({ redacted }: Pick<Instance, 'redacted'>, error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return redacted(shortReason(redacted(text)));
}

export function linesOf(
  { redacted }: Pick<Instance, 'redacted'>,
  { lastLines = [] }: Pick<InstanceExit, 'lastLines'>,
): readonly string[] {
  return redactedLines(redacted, lastLines);
}

export function healthOf({ redacted }: Pick<Instance, 'redacted'>, health: Health): Health {
  return health.reason === null ? health : { ...health, reason: redacted(health.reason) };
}

/** What is known of a failure beside its reason. */
export type Failed = Pick<Instance, 'fault'> & Partial<Pick<Instance, 'lastLines'>>;

export function failureOf({ fault, lastLines = [] }: Failed): Pick<Ack, 'fault' | 'lastLines'> {
  return {
    ...(fault === null ? {} : { fault }),
    ...(lastLines.length === 0 ? {} : { lastLines }),
  };
}

export interface ListedInstance extends KnownInstance {
  /** Milliseconds; null while it does not run, or when it was found running. */
  readonly runningMs: number | null;
  /** It goes on when the worker's process ends. */
  readonly outlives: boolean;
  readonly health: ReportedHealth | null;
  /** Of one that failed: what it printed last; the same list for as long as it is here. */
  readonly lastLines: readonly string[];
}

export function listed(instance: Instance, nowMs: number): ListedInstance {
  const { job, instance: number, generation, status, reason, runningSinceMs } = instance;
  const runs = status === 'running' && runningSinceMs !== null;
  const runningMs = runs ? Math.floor(nowMs - runningSinceMs) : null;
  const { outlives } = instance.runtime;
  const { ledger, digest, lastLines } = instance;
  const health = status === 'running' ? reportedHealth(instance, nowMs) : null;
  return {
    job,
    instance: number,
    generation,
    status,
    reason,
    runningMs,
    outlives,
    ledger,
    digest,
    health,
    lastLines,
  };
}

function reportedHealth({ health }: Instance, nowMs: number): ReportedHealth | null {
  if (health === null) return null;
  const { status, reason, sinceMs } = health;
  return { status, reason, forMs: Math.floor(nowMs - sinceMs) };
}

/** Why an instance was ended that lives on grants. */
export function noGrant({ leaseMs }: Instance): string {
  return `${leaseRanOut}: no grant for ${leaseMs} ms`;
}
