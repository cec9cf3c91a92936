import {
  idExpectation,
  type ClusterAnswer,
  type DeadLetter,
  type DiffAnswer,
  type JobAnswer,
  type JobOrderAnswer,
  type JobSummary,
  type JsonObject,
  type LedgerKeys,
  type NodeAnswer,
  type NodeTelemetry,
  type Page,
} from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import type { DecisionAnswer, DryRunAnswer, LedgerHead } from './answers.js';
import { httpOf, type Address, type Http } from './http.js';
import { linesOf } from './lines.js';

/** The largest page that the manager gives. */
const pageSize = 1_000;

export interface EventQuery {
  /** Position of the first commit, inclusive. */
  readonly from: number;
  readonly follow: boolean;
  readonly stream?: string | undefined;
  /** One or several types, separated by commas. */
  readonly type?: string | undefined;
}

export type NodeOrderName = 'cordon' | 'drain' | 'quarantine';

export interface NodeOrderAnswer {
  readonly id: string;
  readonly position: number;
}

/** The manager's HTTP interface as the command line uses it. Everything throws ManagerErrors. */
export interface ManagerClient {
  readonly url: string;
  /** Every node, page by page. `at`: as it was then. */
  nodes(at?: string): Promise<Page<NodeAnswer>>;
  node(id: string, at?: string): Promise<NodeAnswer>;
  /** Every job, page by page. `at`: as it was then. */
  jobs(at?: string): Promise<Page<JobSummary>>;
  job(id: string, at?: string): Promise<JobAnswer>;
  submitJob(document: JsonObject): Promise<JobAnswer>;
  planJob(document: JsonObject): Promise<DryRunAnswer>;
  deleteJob(id: string): Promise<JobOrderAnswer>;
  /** `count` is the new desired total. */
  scaleJob(id: string, count: number): Promise<JobOrderAnswer>;
  /** Null lets the scheduler choose. */
  moveInstance(id: string, instance: number, worker: string | null): Promise<JobOrderAnswer>;
  /** The original stays where it is. */
  cancelMove(id: string, instance: number): Promise<JobOrderAnswer>;
  /** A new revision: the whole document. */
  updateJob(id: string, document: JsonObject): Promise<JobOrderAnswer>;
  /** Every instance anew. */
  restartJob(id: string): Promise<JobOrderAnswer>;
  orderNode(id: string, order: NodeOrderName, body: JsonObject): Promise<NodeOrderAnswer>;
  takeBackOrder(id: string, order: NodeOrderName): Promise<NodeOrderAnswer>;
  forgetNode(id: string, force: boolean): Promise<NodeOrderAnswer>;
  /** `at`: as it was then. */
  cluster(at?: string): Promise<ClusterAnswer>;
  decision(id: string): Promise<DecisionAnswer>;
  /** Newest first. */
  deadLetters(limit: number): Promise<Page<DeadLetter>>;
  head(): Promise<LedgerHead>;
  /** Readings of a node in steps; the last hour by default. */
  telemetry(
    id: string,
    range: { readonly from?: string; readonly to?: string },
  ): Promise<NodeTelemetry>;
  /** What changed between two moments. */
  diff(from: string, to: string, limit: number): Promise<DiffAnswer>;
  ledgerKeys(): Promise<LedgerKeys>;
  /** `signed`: by a key of ours; null: the leader signs with its own. */
  judgeKey(
    fingerprint: string,
    order: 'endorse' | 'revoke',
    signed: { readonly by: string; readonly signature: string } | null,
  ): Promise<{ readonly fingerprint: string; readonly status: string }>;
  /** Lines of NDJSON: the head, then every record of every view at that position. */
  views(signal: AbortSignal): Promise<AsyncIterable<string>>;
  /** Lines of NDJSON over one connection; resolves once connected, ends when `signal` aborts. */
  events(query: EventQuery, signal: AbortSignal): Promise<AsyncIterable<string>>;
}

export function managerClient(address: Address, ports: Ports): ManagerClient {
  const http = httpOf(address, ports);
  return {
    url: address.url,
    nodes: (at) => everyPage<NodeAnswer>(http, '/api/v1/nodes', at),
    node: (id, at) => http.ask('GET', `${nodePath(id)}${atQuery(at)}`),
    jobs: (at) => everyPage<JobSummary>(http, '/api/v1/jobs', at),
    job: (id, at) => http.ask('GET', `${jobPath(id)}${atQuery(at)}`),
    submitJob: (document) => http.ask('POST', '/api/v1/jobs', document),
    planJob: (document) => http.ask('POST', '/api/v1/jobs?dryRun=true', document),
    deleteJob: (id) => http.ask('DELETE', jobPath(id)),
    scaleJob: (id, count) => http.ask('POST', `${jobPath(id)}/replicate`, { count }),
    moveInstance: (id, instance, worker) =>
      http.ask(
        'POST',
        `${jobPath(id)}/instances/${instance}/move`,
        worker === null ? {} : { worker },
      ),
    cancelMove: (id, instance) => http.ask('DELETE', `${jobPath(id)}/instances/${instance}/move`),
    restartJob: (id) => http.ask('POST', `${jobPath(id)}/restart`, {}),
    updateJob: (id, document) => http.ask('PUT', jobPath(id), document),
    orderNode: (id, order, body) => http.ask('POST', `${nodePath(id)}/${order}`, body),
    takeBackOrder: (id, order) => http.ask('DELETE', `${nodePath(id)}/${order}`),
    forgetNode: (id, force) =>
      http.ask('DELETE', force ? `${nodePath(id)}?force=true` : nodePath(id)),
    cluster: (at) => http.ask('GET', `/api/v1/cluster${atQuery(at)}`),
    decision: (id) => http.ask('GET', `/api/v1/decisions/${partOf(id)}`),
    deadLetters: (limit) => http.ask('GET', `/api/v1/dead-letters?limit=${limit}`),
    head: () => http.ask('GET', '/api/v1/ledger/head'),
    telemetry: (id, range) => {
      const query = new URLSearchParams({ ...range });
      return http.ask('GET', `${nodePath(id)}/telemetry?${query.toString()}`);
    },
    diff: (from, to, limit) => {
      const query = new URLSearchParams({ from, to, limit: String(limit) });
      return http.ask('GET', `/api/v1/diff?${query.toString()}`);
    },
    ledgerKeys: () => http.ask('GET', '/api/v1/ledger/keys'),
    judgeKey: (fingerprint, order, signed) =>
      http.ask('POST', `/api/v1/ledger/keys/${partOf(fingerprint)}/${order}`, signed ?? undefined),
    views: async (signal) => linesOf(await http.stream('/api/v1/ledger/views', signal)),
    events: async (query, signal) => linesOf(await http.stream(eventsPath(query), signal)),
  };
}

async function everyPage<T>(http: Http, path: string, at?: string): Promise<Page<T>> {
  const items: T[] = [];
  const moment = at === undefined ? '' : `&at=${encodeURIComponent(at)}`;
  let cursor = '';
  for (;;) {
    const page = await http.ask<Page<T>>('GET', `${path}?limit=${pageSize}${cursor}${moment}`);
    items.push(...page.items);
    if (page.next === undefined) return { items, position: page.position };
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

function atQuery(at: string | undefined): string {
  return at === undefined ? '' : `?at=${encodeURIComponent(at)}`;
}

function nodePath(id: string): string {
  return `/api/v1/nodes/${partOf(id)}`;
}

function jobPath(id: string): string {
  return `/api/v1/jobs/${partOf(id)}`;
}

/** What a person typed, as one part of an address; `.` and `..` would be steps to another address. */
function partOf(text: string): string {
  if (text !== '' && text !== '.' && text !== '..') return encodeURIComponent(text);
  throw new CommandFailure(`"${text}" is ${idExpectation}.`, exitCodes.usage);
}

function eventsPath({ from, follow, stream, type }: EventQuery): string {
  const query = new URLSearchParams({
    from: String(from),
    ...(follow ? { follow: 'true' } : {}),
    ...(stream === undefined ? {} : { stream }),
    ...(type === undefined ? {} : { type }),
  });
  return `/api/v1/events?${query.toString()}`;
}
