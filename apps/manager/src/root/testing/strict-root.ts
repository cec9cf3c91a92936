import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { pathOfProto } from '../network-root.js';
import { judgeReport, type JobReport } from './report-rules.js';

const most = 16 * 1024 * 1024;

interface Cluster {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly networkPort: number;
  registrations: number;
}

interface Greeted {
  readonly manager_port: number;
  readonly network_component_port: number;
  readonly cluster_name: string;
  readonly cluster_info: readonly unknown[];
  readonly cluster_location: string;
}

/** An instance as the root knows it: what it is not told is null. */
type Told = Readonly<Record<string, unknown>>;

interface Service {
  readonly document: object;
  job: JobReport | null;
  readonly instances: Map<number, Told>;
}

/**
 * A root as the real one is on the wire, and stricter where that would harm a cluster: it answers nothing
 * else while it calls one, looks at no answer, orders the end of what it does not know, and forgets.
 */
export class StrictRoot {
  /** By name. */
  readonly clusters = new Map<string, Cluster>();
  readonly services = new Map<string, Service>();
  /** What was wrong with reports and registrations. */
  readonly problems: string[] = [];
  /** What it asked of clusters: `<METHOD> <path> <status>`. */
  readonly asked: string[] = [];
  reports = 0;
  /** The newest one that it has read. */
  newest: Readonly<Record<string, unknown>> = {};
  reportsAtOnce = 0;
  mostReportsAtOnce = 0;
  /** Instead of what it should answer; null: it does. */
  instead: { readonly grpc: keyof typeof grpc.status | null; readonly http: number | null } = {
    grpc: null,
    http: null,
  };
  /** How long it takes for each report and registration, and whose time that is. */
  slowMs = 0;
  sleep: (ms: number) => Promise<unknown> = (ms) =>
    new Promise((resolve) => void setTimeout(resolve, ms));
  /** Calls that it has taken and not answered. */
  unanswered = 0;
  /** Those of them that it takes its time for. */
  sleeping = 0;
  private ids = 0;
  private memory = randomBytes(8).toString('hex');
  private http: Server | null = null;
  private grpcServer: grpc.Server | null = null;

  private constructor(
    private readonly definition: grpc.ServiceDefinition,
    /** Where it is, or will be again. */
    private ports: { http: number; grpc: number },
  ) {}

  static async start(ports = { http: 0, grpc: 0 }): Promise<StrictRoot> {
    const packages = await load(pathOfProto(), { keepCase: true });
    const root = new StrictRoot(
      packages['clusterRegistration.register_cluster'] as grpc.ServiceDefinition,
      ports,
    );
    await root.comeBack();
    return root;
  }

  get httpPort(): number {
    return this.ports.http;
  }

  get grpcPort(): number {
    return this.ports.grpc;
  }

  /** Where it was before, and with what it knew. */
  async comeBack(): Promise<void> {
    const server = new grpc.Server();
    server.addService(this.definition, {
      handle_init_greeting: (_call: unknown, answer: grpc.sendUnaryData<object>) =>
        answer(null, { hello_cluster_manager: '{}' }),
      handle_init_final: (
        call: grpc.ServerUnaryCall<Greeted, object>,
        answer: grpc.sendUnaryData<object>,
      ) => void this.register(call.request, call.getPeer(), answer),
    });
    const grpcPort = await new Promise<number>((resolve, reject) =>
      server.bindAsync(
        `127.0.0.1:${this.ports.grpc}`,
        grpc.ServerCredentials.createInsecure(),
        (error, port) => (error === null ? resolve(port) : reject(error)),
      ),
    );
    const http = createServer((request, response) => {
      void this.answer(request).then((status) => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => void http.listen(this.ports.http, '127.0.0.1', resolve));
    this.ports = { http: (http.address() as AddressInfo).port, grpc: grpcPort };
    this.http = http;
    this.grpcServer = server;
  }

  /** Nobody is there. What it knows it knows still. */
  async stop(): Promise<void> {
    const { http, grpcServer } = this;
    this.http = null;
    this.grpcServer = null;
    grpcServer?.forceShutdown();
    http?.closeAllConnections();
    if (http !== null) await new Promise((resolve) => void http.close(resolve));
  }

  /** Its data base is another one: it knows no cluster and no service, and gives other ids. */
  forget(): void {
    this.clusters.clear();
    this.services.clear();
    this.memory = randomBytes(8).toString('hex');
  }

  /** Orders an instance of a service. Nobody looks at the answer but who tests. */
  async order(id: string, number: number, document: object): Promise<number> {
    this.know(id, number, document);
    return this.ask('POST', `${id}/${number}`, { _id: id, ...document });
  }

  /** As if it had ordered it before. */
  know(id: string, number: number, document: object = {}): void {
    const service = this.services.get(id) ?? { document, job: null, instances: new Map() };
    this.services.set(id, service);
    service.instances.set(number, { instance_number: number, status: 'CLUSTER_SCHEDULED' });
  }

  /** What it knows of an instance. */
  told(id: string, number: number): Told {
    return this.services.get(id)?.instances.get(number) ?? {};
  }

  async end(id: string, number: number): Promise<number> {
    this.services.get(id)?.instances.delete(number);
    return this.ask('DELETE', `${id}/${number}`);
  }

  private async register(
    cluster: Greeted,
    peer: string,
    answer: grpc.sendUnaryData<object>,
  ): Promise<void> {
    this.unanswered += 1;
    await this.takeTime();
    this.unanswered -= 1;
    const { grpc: code } = this.instead;
    if (code !== null) return answer({ code: grpc.status[code], details: 'as asked for' });
    const missing =
      (cluster.cluster_info ?? []).length === 0
        ? 'cluster_info'
        : (['cluster_name', 'cluster_location', 'manager_port'] as const).find(
            (field) => cluster[field] === undefined || !cluster[field],
          );
    if (missing !== undefined) {
      this.problems.push(`registration without ${missing}`);
      const details = `Exception calling application: '${missing}'`;
      return answer({ code: grpc.status.UNKNOWN, details });
    }
    const { cluster_name: name, manager_port: port, network_component_port: network } = cluster;
    const before = this.clusters.get(name);
    this.ids += 1;
    const id = before?.id ?? `${this.memory}${String(this.ids).padStart(8, '0')}`;
    const address = peer.slice(0, peer.lastIndexOf(':'));
    const registrations = (before?.registrations ?? 0) + 1;
    this.lastCluster = { id, address, port, networkPort: network ?? 0, registrations };
    this.clusters.set(name, this.lastCluster);
    answer(null, { id });
  }

  private async answer(request: IncomingMessage): Promise<number> {
    this.unanswered += 1;
    this.reportsAtOnce += 1;
    this.mostReportsAtOnce = Math.max(this.mostReportsAtOnce, this.reportsAtOnce);
    try {
      const body = await bodyOf(request);
      await this.takeTime();
      return this.instead.http ?? (await this.take(request, body));
    } finally {
      this.reportsAtOnce -= 1;
      this.unanswered -= 1;
    }
  }

  private async takeTime(): Promise<void> {
    if (this.slowMs === 0) return;
    this.sleeping += 1;
    await this.sleep(this.slowMs);
    this.sleeping -= 1;
  }

  private async take({ method, url, headers }: IncomingMessage, body: string): Promise<number> {
    const id = /^\/api\/information\/([^/]+)$/.exec(url ?? '')?.[1];
    if (method !== 'POST' || id === undefined) return 404;
    if (!/^[0-9a-f]{24}$/.test(id)) return this.refuse(400, `id ${id}`);
    if (headers['content-type'] !== 'application/json') return this.refuse(400, 'content type');
    this.reports += 1;
    const report = parsed(body);
    const { status, problem, jobs } = judgeReport(report);
    if (problem === null) this.newest = report as Readonly<Record<string, unknown>>;
    else this.refuse(status, problem);
    for (const job of jobs) {
      const service = this.services.get(job.id);
      // While the report is unanswered still.
      if (service === undefined) await this.ask('DELETE', `${job.id}/-1`);
      else applied(service, job);
    }
    return status;
  }

  private refuse(status: number, problem: string): number {
    this.problems.push(`${status} ${problem}`);
    return status;
  }

  private async ask(method: string, path: string, body?: object): Promise<number> {
    const cluster = this.clusters.values().next().value ?? this.lastCluster;
    if (cluster === undefined) return 0;
    const url = `http://${cluster.address}:${cluster.port}/api/service/${path}`;
    try {
      const answer = await fetch(url, {
        method,
        signal: AbortSignal.timeout(10_000),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      this.asked.push(`${method} ${path} ${answer.status}`);
      return answer.status;
    } catch {
      this.asked.push(`${method} ${path} -`);
      return 0;
    }
  }

  /** It finds a cluster by the address of whoever reports, be it that it has forgotten it. */
  private lastCluster: Cluster | undefined;
}

/** An instance that it has dropped is passed over. */
function applied(service: Service, job: JobReport): void {
  service.job = job;
  for (const instance of job.instances) {
    const number = Number(instance['instance_number']);
    if (service.instances.has(number)) service.instances.set(number, instance);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
