import { idExpectation, type JsonObject } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import createClient from 'openapi-fetch';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { accessOf } from './access.js';
import { answer, type Api } from './answer.js';
import type {
  DrainNode,
  DryRun,
  Job,
  JobDocument,
  JobOrder,
  JudgeKey,
  NodeReason,
  OakestraCandidate,
  OakestraJob,
  Outlook,
} from './documents.js';
import { httpOf, untilAborted, type Address } from './http.js';
import { linesOf } from './lines.js';
import { ManagerError } from './manager-error.js';
import type { paths } from './openapi.js';

/** The largest page that the manager gives. */
const limit = 1_000;

export type EventQuery = NonNullable<paths['/api/v1/events']['get']['parameters']['query']> & {
  readonly from: number;
  readonly follow: boolean;
};

/** What of an instance's output is wanted: `paths` has each of them. */
export type LogsQuery = NonNullable<
  paths['/api/v1/jobs/{id}/instances/{number}/logs']['get']['parameters']['query']
>;

/**
 * The manager's HTTP interface as the command line uses it: addresses, what goes there and what is
 * answered are those of docs/openapi.json. Everything throws ManagerErrors.
 */
export function managerClient(address: Address, ports: Ports) {
  const { ask, connect } = httpOf(address, ports);
  const api = createClient<paths>({
    baseUrl: address.url,
    fetch: ask,
    pathSerializer: withParts,
    headers: address.token === null ? {} : { authorization: `Bearer ${address.token}` },
  });
  const streaming = (signal: AbortSignal) =>
    ({ fetch: connect, parseAs: 'stream', signal }) as const;
  const lines = async (
    asked: Promise<{ data?: AsyncIterable<Uint8Array> | null }>,
    signal: AbortSignal,
  ) => linesOf(untilAborted((await asked).data ?? nothing(), address, signal));
  return {
    ...address,
    ...jobsOf(api),
    ...outlooksOf(api),
    ...revisionsOf(api),
    ...jobOrdersOf(api),
    ...nodesOf(api),
    ...clusterOf(api),
    ...accessOf(api),
    ...importsOf(api),
    /** Lines of NDJSON: the head, then every record of every view at that position. */
    views: (signal: AbortSignal) =>
      lines(api.GET('/api/v1/ledger/views', streaming(signal)), signal),
    /** The telemetry log as it is stored, a line a batch; without `from` from the oldest that is kept. */
    batches: (query: { readonly from?: number }, signal: AbortSignal) =>
      lines(
        api.GET('/api/v1/telemetry/batches', { params: { query }, ...streaming(signal) }),
        signal,
      ),
    /** The ledger as it is stored, a line a commit, and the position at which it ended when it was asked for. */
    commits: async (
      query: { readonly from: number; readonly to?: number },
      signal: AbortSignal,
    ): Promise<{ readonly head: number; readonly lines: AsyncIterable<string> }> => {
      const asked = { params: { query }, ...streaming(signal) };
      const { data, response } = await api.GET('/api/v1/ledger/commits', asked);
      const stream: AsyncIterable<Uint8Array> = data ?? nothing();
      return {
        head: Number(response.headers.get('oakring-position')),
        lines: linesOf(untilAborted(stream, address, signal)),
      };
    },
    /** Lines of NDJSON: what an instance printed; resolves once there is an answer. */
    logs: (
      { id, number }: { readonly id: string; readonly number: number },
      query: LogsQuery,
      signal: AbortSignal,
    ) =>
      lines(
        api.GET('/api/v1/jobs/{id}/instances/{number}/logs', {
          params: { path: { id, number: String(number) }, query },
          headers: { accept: 'application/x-ndjson' },
          ...streaming(signal),
        }),
        signal,
      ),
    /** Lines of NDJSON over one connection; resolves once connected, ends when `signal` aborts. */
    events: ({ follow, ...query }: EventQuery, signal: AbortSignal) =>
      lines(
        api.GET('/api/v1/events', {
          params: { query: { ...query, ...(follow ? { follow } : {}) } },
          ...streaming(signal),
        }),
        signal,
      ),
  };
}

export type ManagerClient = ReturnType<typeof managerClient>;
export type NodeOrderName = 'cordon' | 'drain' | 'quarantine';

/** What an order is made from: it is refused where the job is another by now. */
export interface Planned {
  readonly atPosition?: number;
  readonly ifRevision?: number;
}

/** What orders would do. One address answers both, with or without `dryRun`. */
function outlooksOf(api: Api) {
  const dryRun = true;
  return {
    outlookOfUpdate: (id: string, document: JsonObject, strict = false) => {
      const params = { path: { id }, query: { dryRun, ...strictly(strict) } };
      return answer(
        api.PUT('/api/v1/jobs/{id}', { params, body: unjudged(document) }),
      ) as Promise<Outlook>;
    },
    outlookOfScale: (id: string, count: number, force: boolean) => {
      const params = { path: { id }, query: { dryRun, ...(force ? { force } : {}) } };
      return answer(
        api.POST('/api/v1/jobs/{id}/replicate', { params, body: { count } }),
      ) as Promise<Outlook>;
    },
    outlookOfDelete: (id: string, force: boolean) => {
      const params = { path: { id }, query: { dryRun, ...(force ? { force } : {}) } };
      return answer(api.DELETE('/api/v1/jobs/{id}', { params })) as Promise<Outlook>;
    },
    outlookOfDrain: (id: string) =>
      answer(
        api.POST('/api/v1/nodes/{id}/drain', { params: { path: { id }, query: { dryRun } } }),
      ) as Promise<Outlook>,
  };
}

function revisionsOf(api: Api) {
  return {
    /** Newest first; `cursor`: where the page before ended. */
    revisions: (id: string, query: { readonly limit: number; readonly cursor?: number }) =>
      answer(api.GET('/api/v1/jobs/{id}/revisions', { params: { path: { id }, query } })),
    revision: (id: string, revision: number) =>
      answer(
        api.GET('/api/v1/jobs/{id}/revisions/{revision}', {
          params: { path: { id, revision: String(revision) } },
        }),
      ),
    /** Null: the newest former one that was everywhere. */
    rollBackJob: (id: string, to: number | null) =>
      answer(
        api.POST('/api/v1/jobs/{id}/rollback', {
          params: { path: { id } },
          body: to === null ? {} : { to },
        }),
      ),
  };
}

function jobsOf(api: Api) {
  return {
    /** Every job, page by page. `at`: as it was then. `label`: only those with all of these. */
    jobs: (at?: string, label?: string) =>
      everyPage((page) => {
        const query = { ...page, ...moment(at), ...(label === undefined ? {} : { label }) };
        return answer(api.GET('/api/v1/jobs', { params: { query } }));
      }),
    /** Whom a text means, the best first. */
    jobsNamed: (named: string, most: number, at?: string) =>
      answer(api.GET('/api/v1/jobs', { params: { query: { named, limit: most, ...moment(at) } } })),
    /** Every instance of every job, with what it uses. */
    instances: () =>
      everyPage((page) => answer(api.GET('/api/v1/instances', { params: { query: page } }))),
    job: (id: string, at?: string) =>
      answer(api.GET('/api/v1/jobs/{id}', { params: { path: { id }, query: moment(at) } })),
    /** `strict`: refused where something of it would not be used. */
    submitJob: (document: JsonObject, strict = false) => {
      const params = { query: strictly(strict) };
      // One address answers both.
      return answer(api.POST('/api/v1/jobs', { params, body: unjudged(document) })) as Promise<Job>;
    },
    planJob: (document: JsonObject, strict = false) => {
      const params = { query: { dryRun: true, ...strictly(strict) } };
      return answer(
        api.POST('/api/v1/jobs', { params, body: unjudged(document) }),
      ) as Promise<DryRun>;
    },
  };
}

function jobOrdersOf(api: Api) {
  return {
    /** `force`: also what a root numbers. */
    deleteJob: (id: string, force = false) =>
      answer(
        api.DELETE('/api/v1/jobs/{id}', {
          params: { path: { id }, query: force ? { force } : {} },
        }),
      ) as Promise<JobOrder>,
    /** `count` is the new desired total. */
    scaleJob: (id: string, count: number, force = false) =>
      answer(
        api.POST('/api/v1/jobs/{id}/replicate', {
          params: { path: { id }, query: force ? { force } : {} },
          body: { count },
        }),
      ) as Promise<JobOrder>,
    /** Null lets the scheduler choose. */
    moveInstance: (id: string, instance: number, worker: string | null) =>
      answer(
        api.POST('/api/v1/jobs/{id}/instances/{number}/move', {
          params: { path: { id, number: String(instance) } },
          body: worker === null ? {} : { worker },
        }),
      ),
    /** The original stays where it is. */
    cancelMove: (id: string, instance: number) =>
      answer(
        api.DELETE('/api/v1/jobs/{id}/instances/{number}/move', {
          params: { path: { id, number: String(instance) } },
        }),
      ),
    /** A new revision: the whole document. */
    updateJob: (id: string, document: JsonObject, strict = false, planned: Planned = {}) =>
      answer(
        api.PUT('/api/v1/jobs/{id}', {
          params: { path: { id }, query: { ...strictly(strict), ...planned } },
          body: unjudged(document),
        }),
      ) as Promise<JobOrder>,
    /** Every instance anew. */
    restartJob: (id: string) =>
      answer(api.POST('/api/v1/jobs/{id}/restart', { params: { path: { id } } })),
  };
}

function strictly(strict: boolean): { readonly strict?: boolean } {
  return strict ? { strict } : {};
}

function nodesOf(api: Api) {
  return {
    /** Every node, page by page. `at`: as it was then. */
    nodes: (at?: string) =>
      everyPage((page) =>
        answer(api.GET('/api/v1/nodes', { params: { query: { ...page, ...moment(at) } } })),
      ),
    /** Whom a text means, the best first. */
    nodesNamed: (named: string, most: number, at?: string) =>
      answer(
        api.GET('/api/v1/nodes', { params: { query: { named, limit: most, ...moment(at) } } }),
      ),
    /** Workers that speak and are no nodes; none where the manager is older than that answer. */
    strangers: () =>
      answer(api.GET('/api/v1/strangers')).catch((error: unknown) => {
        const isOlder = error instanceof ManagerError && error.problem?.code === 'route-unknown';
        if (!isOlder) throw error;
        return { items: [] };
      }),
    node: (id: string, at?: string) =>
      answer(api.GET('/api/v1/nodes/{id}', { params: { path: { id }, query: moment(at) } })),
    orderNode: (id: string, order: NodeOrderName, body: NodeReason & DrainNode) =>
      answer(api.POST(`/api/v1/nodes/{id}/${order}`, { params: { path: { id } }, body })),
    takeBackOrder: (id: string, order: NodeOrderName) =>
      answer(api.DELETE(`/api/v1/nodes/{id}/${order}`, { params: { path: { id } } })),
    /** What an operator says of it; all that were said before are gone. */
    labelNode: (id: string, labels: Readonly<Record<string, string>>) =>
      answer(api.PUT('/api/v1/nodes/{id}/labels', { params: { path: { id } }, body: { labels } })),
    forgetNode: (id: string, force: boolean) =>
      answer(
        api.DELETE('/api/v1/nodes/{id}', {
          params: { path: { id }, query: force ? { force } : {} },
        }),
      ),
    revokeNode: (id: string) =>
      answer(api.DELETE('/api/v1/nodes/{id}/credential', { params: { path: { id } } })),
    /** Readings of a node in steps; the last hour by default. */
    telemetry: (id: string, query: { readonly from?: string; readonly to?: string }) =>
      answer(api.GET('/api/v1/nodes/{id}/telemetry', { params: { path: { id }, query } })),
  };
}

function clusterOf(api: Api) {
  return {
    /** `at`: as it was then. */
    cluster: (at?: string) => answer(api.GET('/api/v1/cluster', { params: { query: moment(at) } })),
    decision: (id: string) =>
      answer(api.GET('/api/v1/decisions/{id}', { params: { path: { id } } })),
    /** Newest first. */
    deadLetters: (limit: number) =>
      answer(api.GET('/api/v1/dead-letters', { params: { query: { limit } } })),
    root: () => answer(api.GET('/api/v1/root')),
    head: () => answer(api.GET('/api/v1/ledger/head')),
    /** What changed between two moments. */
    diff: (from: string, to: string, limit: number) =>
      answer(api.GET('/api/v1/diff', { params: { query: { from, to, limit } } })),
    /** What proves that the tree of `from` commits is the beginning of that of `to`. */
    consistency: (from: number, to: number) =>
      answer(api.GET('/api/v1/ledger/consistency', { params: { query: { from, to } } })),
    ledgerKeys: () => answer(api.GET('/api/v1/ledger/keys')),
    /** `signed`: by a key of ours; null: the leader signs with its own. */
    judgeKey: (fingerprint: string, order: 'endorse' | 'revoke', signed: JudgeKey | null) =>
      answer(
        api.POST(`/api/v1/ledger/keys/{fingerprint}/${order}`, {
          params: { path: { fingerprint } },
          ...(signed === null ? {} : { body: signed }),
        }),
      ),
  };
}

interface Taking {
  /** What would become of it. */
  readonly dryRun: boolean;
  /** Also into a ledger that has jobs of its own. */
  readonly force: boolean;
}

function importsOf(api: Api) {
  return {
    importNode: (body: JsonObject, how: Taking) =>
      answer(
        api.POST('/api/v1/imports/oakestra/nodes', {
          ...{ params: { query: how }, body: body as OakestraCandidate },
        }),
      ),
    importService: (body: JsonObject, how: Taking) =>
      answer(
        api.POST('/api/v1/imports/oakestra/services', {
          ...{ params: { query: how }, body: body as OakestraJob },
        }),
      ),
  };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly position: number;
  readonly next?: string;
}

async function everyPage<T>(
  ask: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = [];
  let page = await ask({ limit });
  for (;;) {
    items.push(...page.items);
    const { next, position } = page;
    if (next === undefined) return { items, position };
    page = await ask({ limit, cursor: next });
  }
}

function moment(at: string | undefined): { at?: string } {
  return at === undefined ? {} : { at };
}

/** What a person wrote is judged by the manager. */
function unjudged(document: JsonObject): JobDocument {
  return document as JobDocument;
}

/** An address with its parts: `.` and `..` would be steps to another one. */
function withParts(path: string, parts: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const text = String(parts[name]);
    if (text !== '' && text !== '.' && text !== '..') return encodeURIComponent(text);
    throw new CommandFailure(`"${text}" is ${idExpectation}.`, exitCodes.usage);
  });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
