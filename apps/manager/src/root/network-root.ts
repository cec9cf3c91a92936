import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServiceError } from '@grpc/grpc-js';
import { isId, OakringError, shortened, systemCodeOf } from '@oakring/contracts';
import { ownFile } from '@oakring/host';
import { exchangeBytes, NoAnswer } from '@oakring/http';
import type { ReportFate, Root } from './root.port.js';

const usuallyWithinMs = 10_000;
/** What it answers is not read. */
const maxAnswerBytes = 64 * 1024;
const protoFile = 'infra/oakestra/cluster-registration.proto';
const service = 'clusterRegistration.register_cluster';

/** Where the root is, and what it is told of us. */
export interface RootSettings {
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly clusterName: string;
  readonly clusterLocation: string;
  /** Our HTTP port as the root reaches it, asked at each registration; it sees our address itself. */
  readonly managerPort: () => number;
  /** 0: there is no network component. */
  readonly networkPort: number;
  /** How long each call may take. */
  readonly withinMs?: number;
}

/** The root of Oakestra: taken in over gRPC, reported to over HTTP. */
export class NetworkRoot implements Root {
  readonly name: string;
  private readonly withinMs: number;

  constructor(private readonly settings: RootSettings) {
    this.withinMs = settings.withinMs ?? usuallyWithinMs;
    this.name = `${settings.host}:${settings.httpPort}`;
  }

  async register(ending: AbortSignal): Promise<string> {
    const { clusterName, clusterLocation, managerPort, networkPort, grpcPort } = this.settings;
    const body = {
      ...{ manager_port: managerPort(), network_component_port: networkPort },
      ...{ cluster_name: clusterName, cluster_location: clusterLocation },
      // One entry at least, or it fails.
      cluster_info: [{ key: 'software', value: 'oakring' }],
    };
    const address = await this.address();
    const answer = await this.call(`ipv4:${address}:${grpcPort}`, body, ending);
    const { id } = answer as { readonly id?: unknown };
    if (typeof id === 'string' && isId(id)) return id;
    throw this.unavailable(`calls us ${JSON.stringify(shortened(id))}, which is no id`);
  }

  async report(id: string, body: Uint8Array, ending: AbortSignal): Promise<ReportFate> {
    try {
      const url = `http://${await this.address()}:${this.settings.httpPort}/api/information/${id}`;
      const question = {
        url,
        body,
        type: 'application/json',
        withinMs: this.withinMs,
        maxAnswerBytes,
        ending,
      };
      const { ok, status } = await exchangeBytes(question);
      if (ok) return { status: 'taken' };
      const why = `answers a report with status ${status}`;
      return { status: status === 413 ? 'too-large' : 'refused', why };
    } catch (error) {
      if (error instanceof OakringError) return { status: 'away', why: error.message };
      if (!(error instanceof NoAnswer)) throw error;
      const { cause } = error;
      const isSlow = (cause as { name?: unknown } | undefined)?.name === 'TimeoutError';
      const why = `did not take a report: ${error.message}`;
      return { status: isSlow ? 'slow' : error.status === null ? 'away' : 'refused', why };
    }
  }

  /** Both ways from one IPv4 address: by it the root calls us, and knows whose report it reads. */
  private async address(): Promise<string> {
    const { host } = this.settings;
    try {
      const { address } = await lookup(host, { family: 4 });
      if (isIPv4(address)) return address;
    } catch (error) {
      throw this.unavailable(`has no IPv4 address (${systemCodeOf(error) ?? String(error)})`);
    }
    throw this.unavailable('has no IPv4 address');
  }

  /** A connection of its own: registrations are rare, and one that is kept up tries to be by itself. */
  private async call(address: string, body: object, ending: AbortSignal): Promise<unknown> {
    // Loaded for who has a root only.
    const grpc = await import('@grpc/grpc-js');
    const { load } = await import('@grpc/proto-loader');
    const definition = (await load(pathOfProto(), { keepCase: true }))[service];
    const method = definition === undefined ? undefined : methodOf(definition);
    if (method === undefined) throw new Error(`${protoFile} has no handle_init_final`);
    const client = new grpc.Client(address, grpc.credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = method;
    const late = AbortSignal.timeout(this.withinMs);
    const over = AbortSignal.any([ending, late]);
    try {
      return await new Promise((resolve, reject) => {
        const answered = (error: ServiceError | null, answer?: object): void =>
          error === null ? resolve(answer) : reject(this.refusal(error, late.aborted));
        const call = client.makeUnaryRequest(
          ...([path, requestSerialize, responseDeserialize, body, answered] as const),
        );
        if (over.aborted) call.cancel();
        over.addEventListener('abort', () => call.cancel(), { once: true });
      });
    } finally {
      client.close();
    }
  }

  private refusal({ code, details }: ServiceError, isLate: boolean): OakringError {
    const { host, grpcPort } = this.settings;
    const said = isLate
      ? `no answer within ${this.withinMs} ms`
      : `gRPC status ${code}: ${details}`;
    return this.unavailable(`does not take this cluster in at ${host}:${grpcPort} (${said})`);
  }

  private unavailable(what: string): OakringError {
    const detail = `The root ${this.name} ${what}.`;
    return new OakringError({ code: 'root-unavailable', detail });
  }
}

interface Method {
  readonly path: string;
  readonly requestSerialize: (value: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

function methodOf(definition: object): Method | undefined {
  return (definition as Readonly<Record<string, Method>>)['handle_init_final'];
}

export function pathOfProto(): string {
  return fileURLToPath(ownFile(protoFile));
}
