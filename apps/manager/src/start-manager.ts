import { hostname } from 'node:os';
import { Logger, type LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OakringError, systemCodeOf } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { startEmbeddedBroker, type EmbeddedBroker } from './broker/embedded-broker.js';
import { CommandWriter } from './commands/writer.js';
import type { ManagerSettings } from './config/manager-settings.js';
import { BrokerConnection } from './connection/broker-connection.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { SilenceWatch } from './detection/silence-watch.js';
import { createHttpApp } from './http/create-http-app.js';
import { MqttInbox } from './inbox/mqtt/mqtt-inbox.js';
import { NodeTokens } from './inbox/node-tokens.js';
import { openStores, type Stores } from './leadership/open-stores.js';
import { ManagerModule } from './manager.module.js';
import { DeliveryRecord } from './outbox/delivery-record.js';
import { Outbox } from './outbox/outbox.js';
import { StateRequests } from './outbox/state-requests.js';
import { HttpScheduler } from './scheduling/http-scheduler.js';
import { PlacementLoop } from './scheduling/placement-loop.js';
import { StopLoop } from './scheduling/stop-loop.js';
import { TelemetryRetention } from './telemetry/retention.js';
import { TelemetryTable } from './telemetry/telemetry-table.js';
import { Checkpointer } from './views/checkpointer.js';
import { clusterKey } from './views/cluster-state.js';
import { NodeChangeFeed, nodesTouched } from './views/node-changes.js';
import { Projection } from './views/projection.js';

export interface ManagerOptions {
  /** Name and version that opens the epoch. */
  readonly software: string;
  /** Asked at each call: a scheduler in this process starts after the manager. */
  readonly schedulerUrl: () => string;
  readonly logger?: LoggerService;
}

export interface RunningManager {
  /** Where others reach it. */
  readonly url: string;
  /** Where this process reaches it. */
  readonly localUrl: string;
  readonly mqttUrl: string;
  /** Position of the log before this start; 0 for a new one. */
  readonly positionBefore: number;
  /** Resolves once the broker is connected: `/health/ready` answers 200 from then on. */
  readonly ready: Promise<void>;
  /** Rejects when the manager cannot go on. */
  readonly failed: Promise<never>;
  /** Begins to ask the scheduler. */
  startPlacing(): void;
  stop(): Promise<void>;
}

/**
 * Starts a manager: takes the folder, replays the log, opens an epoch, then lets the world in.
 * Throws OakringErrors that name the setting to change.
 */
export async function startManager(
  settings: ManagerSettings,
  ports: Ports,
  options: ManagerOptions,
): Promise<RunningManager> {
  const stopping = new Undo();
  try {
    return await start(settings, ports, options, stopping);
  } catch (error) {
    await stopping.run();
    throw error;
  }
}

/** What was started, to be stopped in reverse. */
class Undo {
  private readonly steps: (() => unknown)[] = [];
  private running: Promise<void> | null = null;

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  run(): Promise<void> {
    this.running ??= this.runSteps();
    return this.running;
  }

  private async runSteps(): Promise<void> {
    for (const step of this.steps.toReversed()) await step();
  }
}

async function start(
  settings: ManagerSettings,
  ports: Ports,
  options: ManagerOptions,
  stopping: Undo,
): Promise<RunningManager> {
  const logger = new Logger('Manager');
  const warn = (line: string): void => logger.warn(line);
  const leader = {
    clusterName: settings.clusterName,
    clusterLocation: settings.clusterLocation,
    software: options.software,
    host: hostname(),
    pid: process.pid,
  };
  const stores = await openStores(settings, leader, ports);
  stopping.add(() => stores.close());
  const deadLetters = await DeadLetters.open(settings.dataFolder, ports);
  stopping.add(() => deadLetters.close());
  const tokens = await NodeTokens.open(settings.dataFolder);

  const { broker, connection } = await connectBroker(settings, stores, deadLetters, ports);
  stopping.add(() => broker?.stop());
  stopping.add(() => connection.stop());

  const projection = new Projection(stores.recovered.state, ports);
  const feed = new NodeChangeFeed(projection.state);
  projection.onProjected((events, head) =>
    feed.record(head.position, nodesTouched(events, projection.state)),
  );
  let fail: (error: OakringError) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {
    // Whoever runs the manager listens; until then nobody is there to be told.
  });
  const writer = new CommandWriter(stores.log, projection, stores.epoch, ports, fail);
  const checkpointer = new Checkpointer(stores.checkpoints, projection, ports, warn);
  checkpointer.start();
  stopping.add(() => checkpointer.stop());
  stopping.add(() => writer.stop());

  const table = new TelemetryTable(ports);
  const scheduler = new HttpScheduler(options.schedulerUrl, settings.token);
  const deliveries = new DeliveryRecord();
  const outbox = new Outbox(connection, writer, projection, deliveries, ports);
  const requests = new StateRequests(connection, projection, deliveries, ports);
  const watch = new SilenceWatch(connection, table, writer, projection, ports);
  const stops = new StopLoop(writer, projection, ports, warn);
  const retention = new TelemetryRetention(stores.telemetryLog, writer, ports, warn);
  const placements = new PlacementLoop(scheduler, writer, projection, ports, warn);
  for (const part of [retention, stops, watch, requests, outbox]) {
    part.start();
    stopping.add(() => part.stop());
  }
  broker?.onClientGone((_clientId, nodeId, clean) => {
    if (nodeId !== null && !clean) watch.connectionLost(nodeId);
  });

  const inbox = new MqttInbox(connection, deadLetters, ports);
  const app = await createHttpApp(
    ManagerModule.with({
      ports,
      connection,
      deadLetters,
      tokens,
      queue: writer,
      log: stores.log,
      telemetryLog: stores.telemetryLog,
      table,
      projection,
      feed,
      scheduler,
      readiness: {
        isReady: () => ({
          ready: connection.connected,
          detail: connection.connected ? 'leading' : 'not connected to the MQTT broker',
        }),
      },
      provesAbsence: (nodeId, { requestId }) => deliveries.provesAbsence(nodeId, requestId),
    }),
    { token: settings.token, logger: options.logger ?? ['warn', 'error', 'fatal'] },
  );
  app.connectMicroservice({ strategy: inbox });
  stopping.add(() => app.close());
  stopping.add(() => placements.stop());
  await app.startAllMicroservices();
  const localUrl = await listen(app, settings);
  const ready = new Promise<void>((resolve) => connection.onUp(resolve));
  connection.start();
  return {
    url: settings.advertiseUrl ?? localUrl,
    localUrl,
    mqttUrl: settings.mqttUrl ?? `mqtt://${bracketed(settings.host)}:${broker?.port ?? 0}`,
    positionBefore: stores.positionBefore,
    ready,
    failed,
    startPlacing: () => placements.start(),
    stop: () => stopping.run(),
  };
}

async function connectBroker(
  settings: ManagerSettings,
  stores: Stores,
  deadLetters: DeadLetters,
  ports: Ports,
): Promise<{ broker: EmbeddedBroker | null; connection: BrokerConnection }> {
  const clusterId = stores.recovered.state.cluster.get(clusterKey)?.clusterId ?? '';
  const clientId = `oakring-${clusterId}`;
  const { mqttUrl, mqttUsername: username, mqttPassword: password } = settings;
  if (mqttUrl !== null) {
    const options = { url: mqttUrl, username, password, clientId };
    return { broker: null, connection: new BrokerConnection(options, ports) };
  }
  const internal = { username: `manager-${ports.ids.next()}`, password: ports.ids.next() };
  const broker = await startEmbeddedBroker({
    host: settings.host,
    port: settings.mqttPort,
    credentials: username === null || password === null ? null : { username, password },
    internal,
    ports,
    onRefused: (topic, payload, { code, detail }) =>
      deadLetters.record({
        topic,
        code,
        reason: detail,
        payload: Buffer.from(payload),
        nodeId: null,
      }),
  });
  const url = `mqtt://${bracketed(reachable(settings.host))}:${broker.port}`;
  return { broker, connection: new BrokerConnection({ url, ...internal, clientId }, ports) };
}

async function listen(app: NestFastifyApplication, settings: ManagerSettings): Promise<string> {
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    if (systemCodeOf(error) !== 'EADDRINUSE') throw error;
    throw new OakringError({
      code: 'port-taken',
      detail: `The manager cannot listen on ${settings.host}:${settings.port} (OAKRING_PORT): the port is taken.`,
      field: 'OAKRING_PORT',
      value: settings.port,
    });
  }
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  return `http://${bracketed(reachable(settings.host))}:${port}`;
}

/** A wildcard is an address to listen on, not one to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
