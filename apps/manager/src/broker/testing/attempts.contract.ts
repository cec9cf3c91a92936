import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { downKinds, upKinds } from '@oakring/contracts/native';
import type { IClientOptions, MqttClient } from 'mqtt';

/** What somebody shows at a broker. */
export interface Who {
  readonly username?: string;
  readonly password?: string;
}

export interface BrokerUnderAttack {
  /** Rejects when the broker does not let them in. */
  connect(who: Who, options?: IClientOptions): Promise<MqttClient>;
  readonly manager: Who;
  /** What the manager's connection is called. */
  readonly managerClient: string;
  /** May say and hear everything; nobody but this suite has it. */
  readonly overseer: Who;
  /** The client id that a node's connection should have; absent: any. */
  readonly clientOf?: (node: string) => string;
  stop(): Promise<void>;
}

/** Each joined, with a secret of its own. Names that begin alike, and of which one is in the other. */
export const joined: readonly string[] = ['a', 'b', 'a-b', 'a.b', 'nodes', 'oakring-2'];
/** Nobody joined by this name. */
const stranger = 'z';
export const secretOf = (node: string): string => `secret of ${node}`;

const oakestraUp = ['jobs/resources', 'job'];
const oakestraDown = ['control/deploy', 'control/delete'];
const ups = [...upKinds, ...oakestraUp];
const downs = [...downKinds, ...oakestraDown];
const topicsOf = (node: string, kinds: readonly string[]) =>
  kinds.map((kind) => `nodes/${node}/${kind}`);
/** What is nobody's to say or hear. */
const foreign = [
  ...['nodes', 'nodes/a', 'nodes/a/', '/nodes/a/status', 'nodes//status', 'nodes/a/status/x'],
  ...['nodes/a/status/', 'Nodes/a/status', 'nodes/A/status', 'nodes/a/controls/x', 'a/status', 'a'],
  ...['jobs/x/updates_available', 'nodes/a/net/subnet', 'nodes/a/net/subnetwork/result', 'oakring'],
  ...['nodes/a /status', 'nodes/ä/status', '$SYS/broker/uptime', '$share/g/nodes/a/controls'],
  ...[
    '$oakring/discarded',
    '$CONTROL/dynamic-security/v1',
    '$CONTROL/dynamic-security/v1/response',
  ],
];
const nodes = [...joined, stranger];
const everyTopic = [...nodes.flatMap((node) => topicsOf(node, [...ups, ...downs])), ...foreign];
const wildcards = [
  ...['#', '+', '+/+', '+/+/+', '+/+/+/+', 'nodes/#', 'nodes/+/+', 'nodes/+/controls', '$SYS/#'],
  ...['nodes/b/#', 'nodes/b/+', 'nodes/+/registered', 'nodes/+/status', '$CONTROL/#', '/#'],
  ...['nodes/+/control/deploy', 'nodes/+/control/+', '$share/g/nodes/b/controls', '+/a/controls'],
  ...['nodes/+/net/#', 'jobs/+/updates_available', '$share/g/#', 'nodes/a/#', 'nodes/a/+'],
];

/**
 * Everybody tries everything, at any broker: what is let through is what docs/native-protocol.md allows, and all of
 * that. Said here once more in words of its own, and not by the code that the rules are made with.
 */
export function attemptsContract(name: string, start: () => Promise<BrokerUnderAttack>): void {
  describe(`Whoever tries something at ${name}`, () => {
    let broker: BrokerUnderAttack;
    const clients: MqttClient[] = [];
    beforeAll(async () => {
      broker = await start();
    });
    afterEach(() => {
      for (const client of clients.splice(0)) client.end(true);
    });
    afterAll(() => broker.stop());

    const enter = async (who: Who, options: IClientOptions = {}): Promise<MqttClient> => {
      const client = await broker.connect(who, options);
      client.on('error', () => {});
      clients.push(client);
      return client;
    };
    const asNode = (node: string, options: IClientOptions = {}): Promise<MqttClient> =>
      enter(
        { username: node, password: secretOf(node) },
        {
          ...(broker.clientOf === undefined ? {} : { clientId: broker.clientOf(node) }),
          ...options,
        },
      );

    it('is let in by the secret of a node under its name, and by nothing else', async () => {
      const names = [...joined, stranger, 'A', 'a/b', '', undefined];
      const passwords = [
        ...[...joined, stranger].map(secretOf),
        ...['', 'secret of', 'Secret of a', 'secret of a ', undefined],
      ];
      const wrong: unknown[] = [];
      for (const username of names) {
        for (const password of passwords) {
          // MQTT 3.1.1 has no password without a name.
          if (username === undefined && password !== undefined) continue;
          const may = joined.some((node) => username === node && password === secretOf(node));
          const who = {
            ...(username === undefined ? {} : { username }),
            ...(password === undefined ? {} : { password }),
          };
          const isIn = await enter(who).then(
            () => true,
            () => false,
          );
          if (isIn !== may) wrong.push({ username, password, isIn });
        }
      }
      expect(wrong).toEqual([]);
    });

    it('says what its own node says up, and nothing else reaches anybody', async () => {
      const overseer = await enter(broker.overseer);
      const heard = hearing(overseer);
      await subscribe(overseer, [
        '#',
        '$CONTROL/#',
        '$oakring/#',
        '$share/g/#',
        '$SYS/broker/uptime',
      ]);
      const expected: string[] = [];
      for (const node of joined) {
        const client = await asNode(node);
        const own = topicsOf(node, ups);
        const tried = [...everyTopic.filter((topic) => !own.includes(topic)), ...own];
        const lineOf = (topic: string, qos: number) => `${topic} ${node} ${qos}`;
        for (const qos of [1, 0] as const) {
          for (const topic of tried) {
            // One that closes the connection for it is as good as one that says nothing.
            await client.publishAsync(topic, `${node} ${qos}`, { qos });
          }
          expected.push(...own.map((topic) => lineOf(topic, qos)));
        }
        await until(() => heard.includes(lineOf(own.at(-1) ?? '', 0)));
      }
      await settled(overseer, heard);
      const said = heard.filter((line) => / [01]$/.test(line));
      expect(said.toSorted()).toEqual(expected.toSorted());
    });

    it('hears what goes down to its own node, whatever it asks for, and nothing else', async () => {
      const overseer = await enter(broker.overseer);
      const listening = new Map<string, string[]>();
      for (const node of joined) {
        const client = await asNode(node);
        listening.set(node, hearing(client));
        await subscribe(client, [...everyTopic, ...wildcards]);
      }
      for (const topic of everyTopic.filter((each) => !each.startsWith('$'))) {
        await overseer.publishAsync(topic, 'x', { qos: 1 });
      }
      for (const [node, heard] of listening) {
        const own = topicsOf(node, downs).map((topic) => `${topic} x`);
        await until(() => own.every((line) => heard.includes(line)));
        // What was sent before to somebody else would have come before.
        await overseer.publishAsync(`nodes/${node}/controls`, 'end', { qos: 1 });
        await until(() => heard.includes(`nodes/${node}/controls end`));
        expect([node, [...new Set(heard)].toSorted()]).toEqual([
          node,
          [...own, `nodes/${node}/controls end`].toSorted(),
        ]);
      }
    });

    it('leaves a last will on its own topics up, and none elsewhere', async () => {
      const overseer = await enter(broker.overseer);
      const heard = hearing(overseer);
      await subscribe(overseer, ['#', '$CONTROL/#', '$oakring/#']);
      const expected: string[] = [];
      for (const node of ['a', 'a-b']) {
        const own = topicsOf(node, ups);
        const others = ['a', 'b', 'a-b', stranger].flatMap((each) =>
          topicsOf(each, [...ups, ...downs]),
        );
        for (const topic of new Set([...others, ...foreign])) {
          const will = { topic, payload: Buffer.from(`will of ${node}`), qos: 1 as const };
          // It may be refused for its will.
          const client = await asNode(node, { will }).catch(() => null);
          if (client === null) continue;
          const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
          client.stream.destroy();
          await closed;
        }
        expected.push(...own.map((topic) => `${topic} will of ${node}`));
      }
      await until(() => expected.every((line) => heard.includes(line)));
      await settled(overseer, heard);
      const wills = heard.filter((line) => line.includes(' will of '));
      expect(wills.toSorted()).toEqual(expected.toSorted());
    });

    it('ends no connection but its own, whatever it calls itself', async () => {
      const manager = await enter(broker.manager, { clientId: broker.managerClient });
      const victims = new Map<string, MqttClient>();
      for (const node of joined) victims.set(node, await asNode(node, { clientId: node }));
      const ids = [...joined, broker.managerClient, 'node/b/b', 'manager', 'anyone/x'];
      for (const attacker of joined) {
        for (const clientId of ids) await asNode(attacker, { clientId }).catch(() => null);
        // Its own connection may have ended.
        victims.set(attacker, await asNode(attacker, { clientId: attacker }));
        for (const [node, client] of victims) {
          expect([attacker, node, await isThere(client, `nodes/${node}/status`)]).toEqual([
            ...[attacker, node, true],
          ]);
        }
        expect([attacker, await isThere(manager, 'nodes/a/controls')]).toEqual([attacker, true]);
      }
    });

    it('makes thousands of attempts of it', () => {
      const perNode = everyTopic.length * 3 + wildcards.length;
      expect(joined.length * perNode).toBeGreaterThan(2_000);
    });
  });
}

/** Whether the broker still has the connection. */
function isThere(client: MqttClient, topic: string): Promise<boolean> {
  if (!client.connected) return Promise.resolve(false);
  const closed = new Promise<boolean>((resolve) => client.once('close', () => resolve(false)));
  const answered = client.publishAsync(topic, '{}', { qos: 1 }).then(
    () => client.connected,
    () => false,
  );
  return Promise.race([answered, closed]);
}

/** What a client hears from now on. */
function hearing(client: MqttClient): string[] {
  const heard: string[] = [];
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
  return heard;
}

/** Asks for each, whether it is granted or not. */
async function subscribe(client: MqttClient, filters: readonly string[]): Promise<void> {
  for (const filter of filters) await client.subscribeAsync(filter, { qos: 1 }).catch(() => []);
}

/** What was under way to the overseer has come: it hears itself, twice over. */
async function settled(overseer: MqttClient, heard: readonly string[]): Promise<void> {
  for (const mark of ['first mark', 'second mark']) {
    await overseer.publishAsync('nodes/z/controls', mark, { qos: 1 });
    await until(() => heard.includes(`nodes/z/controls ${mark}`));
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
