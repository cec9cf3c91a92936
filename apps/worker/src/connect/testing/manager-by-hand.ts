import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import type { JsonObject } from '@oakring/contracts';
import { upKinds } from '@oakring/contracts/native';

/** A real MQTT broker in the test's process, whose connections a test can cut. */
export interface TestBroker {
  readonly url: string;
  /** Cuts the newest connection as a network failure would, without DISCONNECT. */
  cutNewest(): void;
  /** Goes away; `start` brings it back on the same port, with nothing retained. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** `mostBytes`: it ends a connection on which a larger message arrives. `letsIn`: whom it does, by what they show. */
export async function startTestBroker(
  mostBytes = Infinity,
  letsIn: (username: string | null, password: string) => boolean = () => true,
): Promise<TestBroker> {
  const sockets = new Set<Socket>();
  let port = 0;
  let end = async (): Promise<void> => {};
  const start = async (): Promise<void> => {
    const aedes = await Aedes.createBroker({
      authenticate: (_client, username, password, done) => {
        const isLetIn = letsIn(username ?? null, password?.toString() ?? '');
        // The return code of CONNACK: not authorized.
        if (isLetIn) done(null, true);
        else done(Object.assign(new Error('not let in'), { returnCode: 5 }), false);
      },
      // An error ends the connection, as a broker does on which too much arrives.
      authorizePublish: (_client, { payload }, done) =>
        done(payload.length > mostBytes ? new Error('too large') : null),
    });
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      aedes.handle(socket);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    // Listening: it has an address.
    port = (server.address() as AddressInfo).port;
    end = async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(resolve));
      await closed;
    };
  };
  await start();
  return {
    get url() {
      return `mqtt://127.0.0.1:${port}`;
    },
    cutNewest: () => [...sockets].at(-1)?.destroy(),
    stop: () => end(),
    start,
  };
}

export interface Said {
  readonly kind: string;
  readonly body: JsonObject;
  readonly retained: boolean;
}

/** The manager's end of the protocol, played by a test: hears one node and speaks to it. */
export interface ManagerByHand {
  /** Everything heard so far, in order. */
  readonly heard: readonly Said[];
  /** The next message of this kind that no earlier call returned and that `matches`. */
  next(kind: string, matches?: (body: JsonObject) => boolean): Promise<JsonObject>;
  say(kind: string, payload: object | string | Uint8Array, retain?: boolean): Promise<void>;
  /** Answers `registered`, accepted. */
  accept(more?: object): Promise<void>;
  /** Sends an order with sensible fields, changed by `more`. */
  order(more: object): Promise<void>;
  end(): Promise<void>;
}

export async function playManager(url: string, nodeId: string): Promise<ManagerByHand> {
  const client: MqttClient = await connectAsync(url, { reconnectPeriod: 0 });
  const heard: Said[] = [];
  const taken = new Set<Said>();
  const listeners = new Set<() => void>();
  client.on('message', (topic, payload, { retain }) => {
    // What a worker says is an object; anything else should fail the test here.
    const body = JSON.parse(payload.toString()) as JsonObject;
    heard.push({ kind: topic.split('/')[2] ?? '', body, retained: retain });
    for (const listener of listeners) listener();
  });
  for (const kind of upKinds) {
    await client.subscribeAsync(`nodes/${nodeId}/${kind}`, { qos: 1 });
  }
  const say = async (
    kind: string,
    payload: object | string | Uint8Array,
    retain = false,
  ): Promise<void> => {
    const bytes =
      typeof payload === 'string' || payload instanceof Uint8Array
        ? Buffer.from(payload)
        : Buffer.from(JSON.stringify(payload));
    await client.publishAsync(`nodes/${nodeId}/${kind}`, bytes, { qos: 1, retain });
  };
  return {
    heard,
    next: (kind, matches = () => true) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = heard.find(
            (said) => said.kind === kind && !taken.has(said) && matches(said.body),
          );
          if (found === undefined) return;
          taken.add(found);
          listeners.delete(look);
          resolve(found.body);
        };
        listeners.add(look);
        look();
      }),
    say,
    accept: (more = {}) =>
      say('registered', {
        id: nodeId,
        accepted: true,
        incarnation: 1,
        epoch: 1,
        at: new Date().toISOString(),
        periodMs: 100,
        ...more,
      }),
    order: (more) =>
      say('controls', {
        command: 'deploy',
        job: { id: 'web', name: 'web', image: 'web:1', technology: 'simulated' },
        commandId: 'c1',
        instance: 0,
        generation: 1,
        attempt: 1,
        epoch: 1,
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
        ...more,
      }),
    end: () => client.endAsync(true),
  };
}
