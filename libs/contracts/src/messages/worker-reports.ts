import { incarnationRange, optional } from './registration.js';
import {
  integerOf,
  isObject,
  refused,
  shortened,
  textOf,
  type JsonObject,
  type Parsed,
} from './parsing.js';
import { LeftOut, reasonOf } from './left-out.js';
import { instanceAddressOf } from './telemetry.js';

/** `nodes/<id>/status`; "offline" is also the last will. */
export interface WorkerStatus {
  readonly status: 'online' | 'offline';
  readonly incarnation: number | null;
  /** The worker stops on purpose and has said in its last `state` what goes on without it. */
  readonly stopped?: boolean;
  /** It ends because a newer start has its id; it is no longer that node. */
  readonly superseded?: boolean;
}

export function parseWorkerStatus(body: JsonObject): Parsed<WorkerStatus> {
  const status = body['status'];
  if (status !== 'online' && status !== 'offline') {
    return oneOf(status, 'status', ['online', 'offline']);
  }
  const incarnation = incarnationOf(body);
  if (!incarnation.ok) return incarnation;
  const stopped = status === 'offline' && body['stopped'] === true;
  const superseded = status === 'offline' && body['superseded'] === true;
  return { ok: true, value: { status, incarnation: incarnation.value, stopped, superseded } };
}

export const ackPhases = ['received', 'progress', 'succeeded', 'failed'] as const;
export type AckPhase = (typeof ackPhases)[number];

/** Whose a failure is: the job's own (no such program, a bad image), or its node's. */
export type Fault = 'job' | 'node';

/** `nodes/<id>/acks`. */
export interface Ack {
  readonly commandId: string;
  /** Null when the worker does not say. */
  readonly generation: number | null;
  readonly phase: AckPhase;
  readonly reason: string | null;
  /** Of a failure, where the worker knows. */
  readonly fault?: Fault | null;
  readonly incarnation: number | null;
  /** The ledger that ordered; null when the worker does not say. */
  readonly ledger?: string | null;
}

export function parseAck(body: JsonObject): Parsed<Ack> {
  const commandId = textOf(body['commandId'], 'commandId', 64);
  if (!commandId.ok) return commandId;
  const phase = ackPhases.find((known) => known === body['phase']);
  if (phase === undefined) return oneOf(body['phase'], 'phase', ackPhases);
  const generation = optional(body['generation'], null, (value) =>
    integerOf(value, 'generation', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  );
  if (!generation.ok) return generation;
  const incarnation = incarnationOf(body);
  if (!incarnation.ok) return incarnation;
  const leftOut = new LeftOut();
  return leftOut.beside({
    commandId: commandId.value,
    generation: generation.value,
    phase,
    reason: reasonOf(body['reason'], 'reason', leftOut),
    ...(body['fault'] === 'job' || body['fault'] === 'node' ? { fault: body['fault'] } : {}),
    incarnation: incarnation.value,
    ledger: identityOf(body, 'ledger', 'ack', leftOut),
  });
}

export const reportedStatuses = ['starting', 'running', 'completed', 'failed', 'stopping'] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

export interface ReportedInstance {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly status: ReportedStatus;
  readonly reason: string | null;
  /** How long it has been running, milliseconds; null when the worker does not say. */
  readonly runningMs?: number | null;
  /** The ledger that ordered it, and the digest of the order; null when the worker does not say. */
  readonly ledger?: string | null;
  readonly digest?: string | null;
}

/** `nodes/<id>/state`: every instance that the worker has, complete, or one page of it. */
export interface WorkerState {
  readonly incarnation: number | null;
  readonly requestId: string | null;
  readonly instances: readonly ReportedInstance[];
  /** Entries that could not be read: whatever is not listed may be one of them. */
  readonly unreadable?: number;
  /** In place of the instances: they are those of the request's `hash`. */
  readonly hash?: string | null;
  /** The worker stops on purpose and starts nothing any more: what is not listed has ended. */
  readonly final?: boolean;
  /** From 1, of `pages`; absent means the only one. */
  readonly page?: number;
  readonly pages?: number;
}

const maxPages = 64;

export function parseWorkerState(body: JsonObject): Parsed<WorkerState> {
  const incarnation = incarnationOf(body);
  if (!incarnation.ok) return incarnation;
  const requestId = optional(body['requestId'], null, (value) => textOf(value, 'requestId', 64));
  if (!requestId.ok) return requestId;
  const hash = optional(body['hash'], null, (value) => textOf(value, 'hash', 64));
  if (!hash.ok) return hash;
  const pages = optional(body['pages'], 1, (value) =>
    integerOf(value, 'pages', { minimum: 1, maximum: maxPages }),
  );
  if (!pages.ok) return pages;
  const page = optional(body['page'], 1, (value) =>
    integerOf(value, 'page', { minimum: 1, maximum: pages.value }),
  );
  if (!page.ok) return page;
  const list = body['instances'] ?? (hash.value === null ? undefined : []);
  if (!Array.isArray(list)) {
    return refused('invalid-field', 'instances is not a list.', 'instances', list ?? null);
  }
  const leftOut = new LeftOut();
  const instances: ReportedInstance[] = [];
  // Said once for all that do not say otherwise.
  const ledger = identityOf(body, 'ledger', 'state', leftOut);
  let unreadable = 0;
  for (const [index, entry] of list.entries()) {
    const instance = leftOut.or(reportedInstanceOf(entry, `instances.${index}`, leftOut), null);
    if (instance === null) unreadable += 1;
    else instances.push({ ...instance, ledger: instance.ledger ?? ledger });
  }
  return leftOut.beside({
    incarnation: incarnation.value,
    requestId: requestId.value,
    instances,
    unreadable,
    hash: hash.value,
    final: body['final'] === true,
    page: page.value,
    pages: pages.value,
  });
}

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
  const status = reportedStatuses.find((known) => known === entry['status']);
  if (status === undefined) return oneOf(entry['status'], `${which}.status`, reportedStatuses);
  const reason = reasonOf(entry['reason'], `${which}.reason`, leftOut);
  const runningMs = optional(entry['runningMs'], null, (value) =>
    integerOf(value, `${which}.runningMs`, { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  );
  const value = {
    ...{ ...address.value, status, reason, runningMs: leftOut.or(runningMs, null) },
    ledger: identityOf(entry, 'ledger', which, leftOut),
    digest: identityOf(entry, 'digest', which, leftOut),
  };
  return { ok: true, value };
}

function identityOf(
  body: JsonObject,
  name: 'ledger' | 'digest',
  field: string,
  leftOut: LeftOut,
): string | null {
  const parsed = optional(body[name], null, (value) => textOf(value, `${field}.${name}`, 64));
  return leftOut.or(parsed, null);
}

function incarnationOf(body: JsonObject): Parsed<number | null> {
  return optional(body['incarnation'], null, (value) =>
    integerOf(value, 'incarnation', incarnationRange),
  );
}

function oneOf(value: unknown, field: string, known: readonly string[]): Parsed<never> {
  return refused(
    'invalid-field',
    `${field} is ${JSON.stringify(shortened(value)) ?? 'missing'}; it can be ${known.join(', ')}.`,
    field,
    value ?? null,
  );
}

/** `nodes/<id>/requests`: the manager asks for the complete state. */
export interface StateRequest {
  readonly request: 'state';
  readonly requestId: string;
  /** `stateHash` of what the manager believes; a worker that has the same may answer with it. */
  readonly hash?: string;
  readonly epoch: number;
  readonly ledger?: string;
  readonly at: string;
}
