import { hostname } from 'node:os';
import { Logger, type LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OakringError, systemCodeOf } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { CommandWriter } from './commands/writer.js';
import type { ManagerSettings } from './config/manager-settings.js';
import { bracketed, reachable } from './connection/addresses.js';
import { connectBroker } from './connection/connect-broker.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { createHttpApp } from './http/create-http-app.js';
import { MqttInbox } from './inbox/mqtt/mqtt-inbox.js';
import { NodeTokens } from './inbox/node-tokens.js';
import { openStores, type Stores } from './leadership/open-stores.js';
import { ManagerModule, type ManagerParts } from './manager.module.js';
import { HttpScheduler } from './scheduling/http-scheduler.js';
import { startLoops } from './start-loops.js';
import { TelemetryTable } from './telemetry/telemetry-table.js';
import { Undo } from './undo.js';
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

async function start(
  settings: ManagerSettings,
  ports: Ports,
  options: ManagerOptions,
  stopping: Undo,
): Promise<RunningManager> {
  const logger = new Logger('Manager');
  const warn = (line: string): void => logger.warn(line);
  const stores = await openStores(settings, leaderOf(settings, options), ports);
  stopping.add(() => stores.close());
  const deadLetters = await DeadLetters.open(settings.dataFolder, ports);
  stopping.add(() => deadLetters.close());
  const tokens = await NodeTokens.open(settings.dataFolder);
  const clusterId = stores.recovered.state.cluster.get(clusterKey)?.clusterId ?? '';
  const link = await connectBroker(settings, clusterId, deadLetters, ports);
  const { broker, connection } = link;
  stopping.add(() => broker?.stop());
  stopping.add(() => connection.stop());

  const core = startCore(stores, ports, warn, stopping);
  const { writer: queue, projection } = core;
  const table = new TelemetryTable(ports);
  const scheduler = new HttpScheduler(options.schedulerUrl, settings.token);
  const loops = startLoops(
    { stores, connection, queue, projection, scheduler, table, ports, warn },
    stopping,
  );
  broker?.onClientGone((_clientId, nodeId, clean) => {
    if (nodeId !== null && !clean) loops.watch.connectionLost(nodeId);
  });
  const { deliveries, placements } = loops;
  const localUrl = await letWorldIn(
    {
      ...{ ports, connection, deadLetters, tokens, queue, table, projection, scheduler },
      log: stores.log,
      telemetryLog: stores.telemetryLog,
      feed: core.feed,
      readiness: { isReady: () => readinessOf(connection.connected) },
      provesAbsence: (nodeId, { requestId }) => deliveries.provesAbsence(nodeId, requestId),
    },
    settings,
    options,
    stopping,
  );
  stopping.add(() => placements.stop());
  const ready = new Promise<void>((resolve) => connection.onUp(resolve));
  connection.start();
  return {
    url: settings.advertiseUrl ?? localUrl,
    localUrl,
    mqttUrl: link.url,
    positionBefore: stores.positionBefore,
    ready,
    failed: core.failed,
    startPlacing: () => placements.start(),
    stop: () => stopping.run(),
  };
}

function readinessOf(connected: boolean): { ready: boolean; detail: string } {
  return { ready: connected, detail: connected ? 'leading' : 'not connected to the MQTT broker' };
}

function leaderOf(settings: ManagerSettings, { software }: ManagerOptions) {
  const { clusterName, clusterLocation } = settings;
  return { clusterName, clusterLocation, software, host: hostname(), pid: process.pid };
}

/** The writer and what it feeds: the middle of the loop. */
function startCore(
  stores: Stores,
  ports: Ports,
  warn: (line: string) => void,
  stopping: Undo,
): {
  writer: CommandWriter;
  projection: Projection;
  feed: NodeChangeFeed;
  failed: Promise<never>;
} {
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
  return { writer, projection, feed, failed };
}

/** HTTP and the MQTT inbox. Resolves with the address that this process reaches it at. */
async function letWorldIn(
  parts: ManagerParts,
  settings: ManagerSettings,
  options: ManagerOptions,
  stopping: Undo,
): Promise<string> {
  const app = await createHttpApp(ManagerModule.with(parts), {
    token: settings.token,
    logger: options.logger ?? ['warn', 'error', 'fatal'],
  });
  app.connectMicroservice({
    strategy: new MqttInbox(parts.connection, parts.deadLetters, parts.ports),
  });
  stopping.add(() => app.close());
  await app.startAllMicroservices();
  return listen(app, settings);
}

async function listen(app: NestFastifyApplication, settings: ManagerSettings): Promise<string> {
  try {
    // Nest's own `listen` would print the error as well.
    await app.init();
    await app.getHttpAdapter().getInstance().listen({ port: settings.port, host: settings.host });
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
