import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { Logger } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { limitConnections, type ShownCertificate } from '@oakring/http';
import type { Ports, Timer } from '@oakring/ports';
import { Aedes, type Client } from 'aedes';
import type { WorkerAccess } from '../wires/access.js';
import { accessRules, type RefusedListener } from './access-rules.js';
import { isUnbelieved } from './certified-node.js';
import { ControlsSubscribers } from './controls-subscribers.js';
import { Door, type Credentials, type LetIn } from './door.js';
import { GrantedFilters } from './granted-filters.js';
import { OpenSockets } from './open-sockets.js';
import { persistenceByTopic } from './retained-by-topic.js';
import { Sessions } from './sessions.js';

/** A connection that has sent no CONNECT by then is closed. */
const connectTimeoutMs = 10_000;
/** A subscriber that takes nothing for this long is closed: others wait behind it. */
const drainTimeoutMs = 5_000;
/** Packets that wait for a CONNACK, per connection. */
const queueLimit = 64;
/** QoS 2 messages between PUBLISH and PUBREL, per connection: only their numbers are kept. */
const maxUnreleased = 32;
const maxConnections = 20_000;
const stopWithinMs = 1_000;
/** Credentials that end close together have the connections looked at once: a second is promised. */
const reviewAfterMs = 100;
/** Tokens that come to their end by themselves are looked for so often, as those of requests are. */
const expireEveryMs = 1_000;

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly letIn: LetIn;
  /** What the manager's own connection presents: made anew for each start, told to nobody. */
  readonly internal: Credentials;
  /** What workers may do. */
  readonly access: WorkerAccess;
  readonly ports: Ports;
  /** What it shows, by TLS; absent: it speaks in the clear. */
  readonly certificate?: ShownCertificate | null;
  /** How many there may be. */
  readonly connections?: number;
  /** Whether a node is known: only its status is retained. Absent: anybody's is. */
  readonly isRegistered?: (nodeId: string) => boolean;
  /** Somebody was not let in (topic `CONNECT`), or a message was dropped that its sender may not publish. */
  readonly onRefused?: RefusedListener;
}

/** A connection ended. `nodeId`: a node that nobody listens for any more; else null. */
export type ClientGoneListener = (clientId: string, nodeId: string | null, clean: boolean) => void;

export interface EmbeddedBroker {
  readonly port: number;
  /** Closes every connection and the port. */
  stop(): Promise<void>;
  /** Credentials have changed: connections that would not be let in again are closed, shortly. */
  review(): void;
  /** `clean`: it said DISCONNECT. Called once for each node that lost its last listener. */
  onClientGone(listener: ClientGoneListener): void;
}

/**
 * The MQTT 3.1.1 broker in the process, for an edge box without another one. Workers may publish
 * only what goes up and subscribe only to what goes down to one node; the manager's own connection
 * may do the rest. Sessions end with their connection, whatever a client asks for (the CONNACK says
 * so): truth is the ledger and the workers' state, not a broker's queue, and nothing piles up here.
 * Throws `port-taken`, or `settings-invalid` for an address that cannot be listened on.
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const logger = new Logger('EmbeddedBroker');
  const sockets = new OpenSockets(options.ports, logger);
  const filters = new GrantedFilters<Client>((client) =>
    sockets.close(client.conn, 'it had most subscriptions'),
  );
  const sessions = new Sessions<Client>(options.access, filters, (client, why) =>
    sockets.close(client.conn, why),
  );
  const door = new Door(options.internal, options.letIn);
  const broker = await Aedes.createBroker({
    // Unlimited. With a limit what waits is handed on by recursion, one level a message: ten thousand
    // last wills at once overflowed the stack and ended the process.
    concurrency: 0,
    persistence: persistenceByTopic(),
    heartbeatInterval: 60_000,
    connectTimeout: connectTimeoutMs,
    drainTimeout: drainTimeoutMs,
    queueLimit,
    maxInflightInbound: maxUnreleased,
    ...accessRules({ ...options, door }, { sockets, filters, sessions }, logger),
  });
  const server = serverFor(options, logger, (socket) => {
    sockets.take(socket);
    if (socket instanceof TLSSocket && isUnbelieved(socket)) {
      return sockets.close(socket, 'a certificate that is not believed here');
    }
    broker.handle(socket);
  });
  const { connections = maxConnections } = options;
  limitConnections(server, connections, {
    isSpared: (socket) => sockets.isTrusted(socket),
    close: (socket) => {
      sockets.close(socket, `${connections} are connected, most from its address`);
      // Of what is encrypted, the connection below.
      socket.destroy();
    },
  });
  broker.on('clientError', (client, error) => logger.debug(`${client.id}: ${error.message}`));
  broker.on('connectionError', (_client, error) => logger.debug(error.message));
  // Not in the types, though aedes emits it; without a listener it would end the process.
  (broker as NodeJS.EventEmitter).on('error', (error: Error) => logger.error(error.message));
  const listeners = new Set<ClientGoneListener>();
  broker.on('client', (client) => sessions.began(client));
  broker.on('clientDisconnect', (client) => sessions.ended(client));
  countFilters(broker, filters);
  reportGoneClients(broker, { ...options, filters, sessions }, listeners, logger);
  const reviewing = gathered(options.ports, () => sessions.review());
  const expiring = options.ports.timers.every(expireEveryMs, () => sessions.expire());
  try {
    const port = await listen(server, options);
    return {
      port,
      stop: () => {
        reviewing.stop();
        expiring.cancel();
        return stop(server, broker, sockets, options.ports);
      },
      review: reviewing.soon,
      onClientGone: (listener) => void listeners.add(listener),
    };
  } catch (error) {
    expiring.cancel();
    sockets.stop();
    await new Promise<void>((resolve) => broker.close(resolve));
    throw error;
  }
}

/** Certificates of nodes are asked for, and needed by nobody: who has none shows a secret. */
function serverFor(
  { certificate = null }: EmbeddedBrokerOptions,
  logger: Logger,
  take: (socket: Socket) => void,
): Server {
  if (certificate === null) return createServer({ noDelay: true }, take);
  const asking = { requestCert: true, rejectUnauthorized: false, noDelay: true };
  const server = createTlsServer({ ...certificate.options, ...asking }, take);
  server.on('tlsClientError', (error) => logger.debug(error.message));
  certificate.showOn(server);
  return server;
}

function countFilters(broker: Aedes, filters: GrantedFilters<Client>): void {
  broker.on('unsubscribe', (unsubscribed, client) => {
    for (const filter of unsubscribed) filters.unsubscribed(client, filter);
  });
  broker.on('clientDisconnect', (client) => filters.gone(client));
}

/** Does `work` once, shortly, however often it is asked for meanwhile. */
function gathered({ timers }: Pick<Ports, 'timers'>, work: () => void) {
  let timer: Timer | null = null;
  let isStopped = false;
  return {
    soon: (): void => {
      if (isStopped) return;
      timer ??= timers.after(reviewAfterMs, () => {
        timer = null;
        work();
      });
    },
    stop: (): void => {
      isStopped = true;
      timer?.cancel();
    },
  };
}

interface Seen {
  readonly access: WorkerAccess;
  readonly filters: GrantedFilters<Client>;
  readonly sessions: Sessions<Client>;
}

function reportGoneClients(
  broker: Aedes,
  { access, filters: granted, sessions }: Seen,
  listeners: ReadonlySet<ClientGoneListener>,
  logger: Logger,
): void {
  const subscribers = new ControlsSubscribers<Client>((filter) => access.ordersNodeOf(filter));
  broker.on('subscribe', (subscriptions, client) => {
    for (const { topic } of subscriptions) {
      if (granted.has(client, topic)) subscribers.subscribed(client, topic);
    }
  });
  broker.on('unsubscribe', (filters, client) => {
    // A closing connection is unsubscribed from everything; that is told below.
    if (client.closed) return;
    for (const filter of filters) subscribers.unsubscribed(client, filter);
  });
  broker.on('clientDisconnect', (client) => {
    // aedes tells a DISCONNECT from a broken connection only in this field.
    const clean = (client as Client & { _disconnected?: boolean })._disconnected === true;
    const nodes = subscribers.gone(client);
    for (const nodeId of nodes.length === 0 ? [null] : nodes) {
      for (const listener of listeners) {
        try {
          listener(sessions.get(client)?.clientId ?? client.id, nodeId, clean);
        } catch (error) {
          logger.error(`a listener of ended connections failed: ${String(error)}`);
        }
      }
    }
  });
}

function listen(server: Server, { host, port }: EmbeddedBrokerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) => reject(listenFailure(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): OakringError {
  if (error.code === 'EADDRINUSE') {
    return new OakringError(
      {
        code: 'port-taken',
        detail:
          `The embedded MQTT broker cannot listen on ${host}:${port} (OAKRING_MQTT_PORT): the port is taken. ` +
          'Is a broker of yours there? OAKRING_MQTT_URL names it, and none runs here.',
        field: 'OAKRING_MQTT_PORT',
        value: port,
      },
      { cause: error },
    );
  }
  return new OakringError(
    {
      code: 'settings-invalid',
      detail:
        `The embedded MQTT broker cannot listen on ${host}:${port} ` +
        `(OAKRING_HOST, OAKRING_MQTT_PORT): ${error.message}.`,
      field: 'OAKRING_HOST',
      value: host,
    },
    { cause: error },
  );
}

async function stop(
  server: Server,
  broker: Aedes,
  sockets: OpenSockets,
  ports: Ports,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const emptied = new Promise<void>((resolve) => broker.close(resolve));
  const patience = new AbortController();
  await Promise.race([emptied, ports.timers.sleep(stopWithinMs, patience.signal)]);
  patience.abort();
  // Those that never sent a CONNECT are no clients of aedes, and the port waits for them.
  sockets.stop();
  await closed;
}
