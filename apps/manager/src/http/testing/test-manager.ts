import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type {
  DeadLetter,
  InstanceReading,
  Refusal,
  ScheduleAnswers,
  ScheduleRequest,
} from '@oakring/contracts';
import { MemoryDataKeys, MemoryEventLog, type EventLogWriter } from '@oakring/stores';
import { MemoryTelemetryLog } from '@oakring/telemetry';
import type { SigningKey } from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import type { Trust } from '@oakring/host';
import type { ShownCertificate } from '@oakring/http';
import { simulatedPorts, type Ports } from '@oakring/ports';
import type { AddressInfo } from 'node:net';
import type { Command, CommandQueue } from '../../commands/command.js';
import { CommandFigures } from '../../commands/command-figures.js';
import { CommandWriter } from '../../commands/writer.js';
import { NODE_TOKENS } from '../../inbox/http/token-verdicts.js';
import {
  CLUSTER_PROOF,
  DEAD_LETTERS,
  STRANGERS,
  type StrangerList,
  LEADERSHIP,
  MEASURED,
  MESSAGE_COUNTS,
  READINESS,
  type Readiness,
  type ReadinessAnswer,
  ROOT_VIEW,
  VERIFICATION,
  WITNESSES,
  type LeadershipView,
  type Measured,
  type RootView,
  type WitnessView,
} from '../../injection/query-tokens.js';
import type { PartHealth } from '../../injection/health.js';
import { openEpoch } from '../../leadership/open-epoch.js';
import { ROOT_LINK, SERVICE_RULES, withoutRoot } from '../../inbox/root/root-orders.js';
import type { ServiceRules } from '../../inbox/root/service-translation.js';
import { Scheduler } from '../../scheduling/scheduler.port.js';
import type { LatestReading } from '../../telemetry/telemetry-table.js';
import { byTest, proposal } from '../../testing/given.js';
import { PastStates } from '../../history/past-states.js';
import {
  COMMAND_QUEUE,
  CORRESPONDENCE,
  EVENT_LOG,
  PORTS,
  SIGNING_KEY,
  STREAMS,
  TELEMETRY,
  TELEMETRY_LOG,
  MAX_NODES,
  WORKER_COMMANDS,
} from '../../injection/tokens.js';
import {
  CERTIFICATE_AUTHORITY,
  type CertificateAuthority,
} from '../../access/certificate-authority.js';
import { Identities } from '../../access/identities.js';
import { WorkerAdmission } from '../../inbox/worker-admission.js';
import { ClusterState, NodeChangeFeed } from '@oakring/model';
import { LedgerVerification } from '../../verification/ledger-verification.js';
import { Projection } from '../../views/projection.js';
import { LiveExecs } from '../../exec/live-execs.js';
import { SecretVault } from '../../secrets/secret-vault.js';
import { keyInMemory } from '../../secrets/testing/key-in-memory.js';
import { NodeStreams } from '../../streams/node-streams.js';
import type { Order } from '../../wires/dialect.port.js';
import { OPEN_BROKER } from '../../inbox/http/open-broker.js';
import { DeadLetters, type RefusedMessage } from '../../dead-letters/dead-letters.js';
import type { OpenWire } from '../open-wire.js';
import type { ClusterProof } from '../forwarding/cluster-proof.js';
import { createHttpApp } from '../create-http-app.js';
import { expectDocumented } from './documented.js';
import { httpControllers, httpProviders } from '../../compose/http-parts.js';

@Module({})
class TestModule {}

/** A scheduler that answers what a test tells it to, and remembers what it was asked. */
class ScriptedScheduler extends Scheduler {
  readonly asked: ScheduleRequest[] = [];
  answer: (request: ScheduleRequest) => ScheduleAnswers = () => ({ answers: [proposal(['n1'])] });

  async schedule(request: ScheduleRequest): Promise<ScheduleAnswers> {
    this.asked.push(request);
    return this.answer(request);
  }
}

/** Readings as a test sets them. */
class SetTelemetry {
  readonly readings = new Map<string, LatestReading & { seenMs: number }>();
  newest = 0;

  latest(nodeId: string): LatestReading | null {
    return this.readings.get(nodeId) ?? null;
  }

  readonly uses = new Map<string, readonly InstanceReading[]>();

  usesOn(nodeId: string): readonly InstanceReading[] {
    return this.uses.get(nodeId) ?? [];
  }

  readonly shedTotal = 0;

  shedOf(): number {
    return 0;
  }

  lastSeenMs(nodeId: string): number | null {
    return this.readings.get(nodeId)?.seenMs ?? null;
  }

  foreignSince(newest: number) {
    const foreign = [{ id: 'n1', resources: { cpuMillis: 5, memoryMiB: 6 } }];
    return { newest: this.newest, foreign: newest < this.newest ? foreign : [] };
  }
}

/** Health as a test sets it. */
class SetReadiness implements Readiness {
  ready = true;
  detail = 'all is well';
  parts: readonly PartHealth[] = [];
  stuck: string | null = null;

  async isReady(): Promise<ReadinessAnswer> {
    const { ready, detail, parts } = this;
    return { ready, detail, parts };
  }
}

interface SaidTo {
  readonly nodeId: string;
  readonly order: Order;
}

export interface TestManager {
  readonly url: string;
  readonly log: MemoryEventLog;
  readonly projection: Projection;
  readonly scheduler: ScriptedScheduler;
  readonly telemetry: SetTelemetry;
  readonly telemetryLog: MemoryTelemetryLog;
  readonly streams: NodeStreams;
  readonly execs: LiveExecs;
  readonly vault: SecretVault;
  /** What was said to workers on streams. */
  readonly calls: readonly SaidTo[];
  readonly letters: DeadLetter[];
  /** Parts of what came over HTTP that were left out. */
  readonly refused: RefusedMessage[];
  /** How many messages of workers came, by what they say. */
  readonly messages: Map<string, number>;
  /** Nodes whose registration was passed on as a sign of life. */
  readonly registered: string[];
  readonly signingKey: SigningKey;
  readonly readiness: SetReadiness;
  /** Begins when it is started. */
  readonly verification: LedgerVerification;
  /** What was said in the log. */
  readonly warnings: readonly string[];
  /** Decides a command as if it came from elsewhere. */
  submit(command: Command): Promise<unknown>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(method: string, path: string, body?: unknown, headers?: object): Promise<Response>;
  close(): Promise<void>;
}

interface TestOptions {
  readonly token?: string;
  readonly ports?: Ports;
  /** Who leads; otherwise it is this one. */
  readonly leadership?: LeadershipView;
  readonly proof?: ClusterProof;
  readonly openWire?: OpenWire;
  /** That of workers that come over HTTP; absent: no broker listens. */
  readonly brokerPort?: () => number | null;
  /** Why a node cannot be called so at the broker; absent: any can. */
  readonly taken?: (nodeId: string) => Refusal | null;
  /** Names that others reach us by. */
  readonly names?: readonly string[];
  readonly maxNodes?: number;
  /** Of a person; absent: as many as a test may want, whose clock stands still. */
  readonly requestsPerSecond?: number;
  /** Where it is not as usual. */
  readonly measured?: Partial<Measured>;
  /** Besides our own. */
  readonly controllers?: readonly Type[];
  /** In the place of the writer. */
  readonly queue?: CommandQueue;
  readonly witnesses?: readonly WitnessView[];
  readonly certificateAuthority?: CertificateAuthority;
  /** What it shows, by TLS; absent: it speaks in the clear. */
  readonly certificate?: ShownCertificate;
  /** Whom its leader is believed by. */
  readonly trust?: Trust;
  /** Absent: the cluster stands alone. */
  readonly root?: RootView;
  /** Absent: nobody asked for Oakestra. */
  readonly strangers?: ReturnType<StrangerList['list']>;
  readonly serviceRules?: ServiceRules;
  /** Keys of those who led before, in turn: the first founded the cluster, and is ours. Otherwise nobody did. */
  readonly leaders?: readonly SigningKey[];
  /** In the place of the one in memory, and empty; its owner closes it. */
  readonly log?: EventLogWriter;
}

/** The HTTP side on a real listener, over a real writer and a log in memory. */
export async function startTestManager(options: TestOptions = {}): Promise<TestManager> {
  const ports = options.ports ?? simulatedPorts();
  const memory = new MemoryEventLog();
  const log: EventLogWriter = options.log ?? memory;
  const projection = new Projection(new ClusterState(false), ports);
  const feed = new NodeChangeFeed(projection.state);
  const { leaders = [] } = options;
  for (const [index, key] of leaders.entries()) {
    const about = { clusterName: 'c', clusterLocation: '', software: 's', host: 'h', pid: 1 };
    const leader = { ...about, url: 'http://127.0.0.1', key };
    await openEpoch(index + 1, { log, place: 'memory', projection, leader, ports });
  }
  const tenure = { epoch: Math.max(1, leaders.length), isHeld: true };
  const figures = new CommandFigures();
  const writer = new CommandWriter(log, projection, tenure, ports, () => {}, figures);
  const scheduler = new ScriptedScheduler();
  const telemetry = new SetTelemetry();
  const telemetryLog = new MemoryTelemetryLog();
  const letters: DeadLetter[] = [];
  const refused: RefusedMessage[] = [];
  const messages = new Map<string, number>();
  const registered: string[] = [];
  const warnings: string[] = [];
  const readiness = new SetReadiness();
  const calls: SaidTo[] = [];
  const link = {
    send: async (nodeId: string, order: Order) => {
      calls.push({ nodeId, order });
      return null;
    },
    onDown: () => {},
  };
  const execs = new LiveExecs();
  const vault = await SecretVault.open(new MemoryDataKeys(), keyInMemory());
  const streams = new NodeStreams({ link, projection, ports });
  const leadership = options.leadership ?? {
    status: { leading: true, leader: 'http://127.0.0.1' },
    processes: [{ name: 'stops', keys: 2, oldestMs: 1_500, failures: 1, trouble: null }],
  };
  const verification = new LedgerVerification({
    ...{ log, projection, ports },
    ...{ place: 'memory', warn: (line) => warnings.push(line) },
  });
  const module: DynamicModule = {
    module: TestModule,
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [...httpControllers, ...(options.controllers ?? [])],
    providers: [
      ...httpProviders,
      { provide: PORTS, useValue: ports },
      WorkerAdmission,
      { provide: MAX_NODES, useValue: options.maxNodes ?? 10_000 },
      { provide: WORKER_COMMANDS, useValue: options.queue ?? writer },
      { provide: COMMAND_QUEUE, useValue: options.queue ?? writer },
      { provide: LiveExecs, useValue: execs },
      { provide: SecretVault, useValue: vault },
      { provide: STREAMS, useValue: streams },
      { provide: EVENT_LOG, useValue: log },
      { provide: TELEMETRY, useValue: telemetry },
      { provide: TELEMETRY_LOG, useValue: telemetryLog },
      { provide: NODE_TOKENS, useValue: tokens },
      {
        provide: CORRESPONDENCE,
        useValue: { registered: (nodeId: string) => registered.push(nodeId) },
      },
      {
        provide: STRANGERS,
        useValue: { list: () => options.strangers ?? [] },
      },
      {
        provide: DEAD_LETTERS,
        useValue: {
          list: (limit: number) => letters.slice(0, limit),
          counts: () => new Map([['invalid-json', letters.length]]),
        },
      },
      { provide: MESSAGE_COUNTS, useValue: messages },
      { provide: READINESS, useValue: readiness },
      { provide: LEADERSHIP, useValue: leadership },
      { provide: VERIFICATION, useValue: verification },
      { provide: WITNESSES, useValue: options.witnesses ?? [] },
      { provide: SERVICE_RULES, useValue: options.serviceRules ?? null },
      { provide: ROOT_LINK, useValue: withoutRoot },
      { provide: ROOT_VIEW, useValue: options.root ?? null },
      { provide: MEASURED, useValue: { ...measured, commands: figures, ...options.measured } },
      {
        provide: OPEN_BROKER,
        useValue: {
          place: () => ({ host: null, port: 10_003, tls: false }),
          whyTaken: async (nodeId: string) => options.taken?.(nodeId) ?? null,
          letIn: async () => {},
          portToTell: () => options.brokerPort?.() ?? null,
          lastHeardMs: (nodeId: string) => telemetry.lastSeenMs(nodeId),
        },
      },
      {
        provide: DeadLetters,
        useValue: {
          record: (letter: RefusedMessage) => refused.push(letter),
          onForged: () => {},
        },
      },
      { provide: CLUSTER_PROOF, useFactory: () => options.proof ?? null },
      { provide: Projection, useValue: projection },
      {
        provide: Identities,
        useValue: new Identities(
          { token: options.token ?? null, isOpen: options.token === undefined },
          projection,
          ports.clock,
        ),
      },
      {
        provide: CERTIFICATE_AUTHORITY,
        useFactory: () => options.certificateAuthority ?? null,
      },
      { provide: NodeChangeFeed, useValue: feed },
      { provide: PastStates, useValue: new PastStates(log, projection, null, ports) },
      { provide: SIGNING_KEY, useValue: leaders[0] ?? signingKey },
      { provide: Scheduler, useValue: scheduler },
    ],
  };
  const app = await createHttpApp(module, {
    leadership,
    proof: options.proof ?? null,
    openWire: options.openWire ?? (options.serviceRules === undefined ? null : { hosts: [] }),
    names: options.names ?? [],
    requestsPerSecond: options.requestsPerSecond ?? 100_000,
    ports,
    logger: false,
    ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    ...(options.trust === undefined ? {} : { trust: options.trust }),
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `${options.certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const bearer = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  return {
    url,
    log: memory,
    projection,
    scheduler,
    telemetry,
    telemetryLog,
    ...{ streams, execs, vault },
    calls,
    letters,
    refused,
    messages,
    registered,
    signingKey,
    readiness,
    verification,
    warnings,
    submit: (command) => writer.submit(command, byTest),
    get: (path, headers = {}) =>
      ask('GET', `${url}${path}`, { headers: { ...bearer, ...headers } }),
    send: (method, path, body, headers = {}) =>
      ask(method, `${url}${path}`, {
        headers: {
          ...bearer,
          'content-type': 'application/json',
          ...headers,
        },
        ...(body === undefined ? {} : { body: bodyOf(body) }),
      }),
    async close() {
      verification.stop();
      await app.close();
      await writer.stop();
    },
  };
}

/** What is answered is as it is documented; a stream is let pass. */
async function ask(method: string, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, method });
  const { status, headers } = response;
  if (/^application\/(problem\+)?json\b/.test(headers.get('content-type') ?? '')) {
    const text = await response.clone().text();
    expectDocumented({ method, url, status, headers, text });
  }
  return response;
}

const signingKey = freshKey();

const measured: Omit<Measured, 'commands'> = {
  leadership: { leaseMarginMs: null, lagMs: 0, reachesStore: true, reachesBroker: true },
  scheduler: { obstacle: async () => null },
  obstacle: async () => null,
  folders: { data: '.' },
  certificates: [],
};

const tokens = {
  token: (nodeId: string) => `token-of-${nodeId}`,
  verdict: (nodeId: string, token: string | null) => {
    if (token === null) return 'absent' as const;
    return token === `token-of-${nodeId}` ? ('valid' as const) : ('wrong' as const);
  },
};

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}
