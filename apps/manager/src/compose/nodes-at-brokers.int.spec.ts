import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DeadLetter } from '@oakring/contracts';
import { newToken } from '@oakring/host';
import { quietLog } from '@oakring/log';
import { systemPorts } from '@oakring/ports';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import {
  managerAccount,
  mosquittoPlugin,
  overseerAccount,
  startClosedMosquitto,
  type ClosedMosquitto,
} from '../accounts/testing/closed-mosquitto.js';
import { readManagerSettings } from '../config/manager-settings.js';
import { startManager, type RunningManager } from './start-manager.js';

Logger.overrideLogger(false);

const waitsMs = 60_000;
const admin = 'the token of whoever runs it';

let folder: string;
let manager: RunningManager;
let clients: MqttClient[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-nodes-'));
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.end(true);
  await manager.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: Readonly<Record<string, string>>): Promise<void> {
  const ports = systemPorts();
  const settings = readManagerSettings({
    ...{ OAKRING_DATA: folder, OAKRING_PORT: '0', OAKRING_TOKEN: admin, ...env },
  });
  manager = await startManager(settings, ports, {
    ...{ software: 'a test', schedulerUrl: () => 'http://127.0.0.1:9', log: quietLog(ports.clock) },
  });
  await manager.ready;
}

async function ask(method: string, path: string, body?: object, token = admin) {
  return fetch(`${manager.localUrl}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function joinAs(node: string, secret: string, token = admin): Promise<number> {
  return (await ask('POST', 'joins', { node, secret }, token)).status;
}

const revoke = async (node: string): Promise<number> =>
  (await ask('DELETE', `nodes/${node}/credential`)).status;

async function deadLetters(): Promise<readonly DeadLetter[]> {
  const answer = await ask('GET', 'dead-letters');
  return ((await answer.json()) as { items: DeadLetter[] }).items;
}

async function enter(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(
    url,
    { reconnectPeriod: 0, protocolVersion: 4, ...options },
    false,
  );
  client.on('error', () => {});
  clients.push(client);
  return client;
}

function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

/** Registers, and resolves with the answer. */
async function register(client: MqttClient, id: string): Promise<unknown> {
  const answered = new Promise<unknown>((resolve) => {
    client.once('message', (_topic, payload) => resolve(JSON.parse(payload.toString())));
  });
  await client.subscribeAsync(`nodes/${id}/registered`, { qos: 1 });
  const registration = { id, name: id, ip: '127.0.0.1', port: 0 };
  await client.publishAsync(`nodes/${id}/registration`, JSON.stringify(registration), { qos: 1 });
  return answered;
}

describe('A node that joined, at the broker in the manager’s process', () => {
  const shared = { OAKRING_MQTT_USERNAME: 'devices', OAKRING_MQTT_PASSWORD: 'open sesame' };

  it(
    'is let in by its secret, is itself alone, and is out once it is revoked',
    async () => {
      await start({ OAKRING_MQTT_PORT: '0', ...shared });
      const [secret, other] = [newToken(), newToken()];
      const credential = { username: 'n1', password: secret };
      await expect(enter(manager.mqttUrl, credential)).rejects.toThrow();
      expect([await joinAs('n1', secret), await joinAs('n2', other)]).toEqual([201, 201]);
      await expect(enter(manager.mqttUrl, { ...credential, password: other })).rejects.toThrow();
      const node = await enter(manager.mqttUrl, credential);
      expect(await register(node, 'n1')).toMatchObject({ id: 'n1', accepted: true });
      await node.publishAsync('nodes/n2/status', '{"status":"offline"}', { qos: 1 });
      expect(await deadLetters()).toMatchObject([
        {
          ...{ topic: 'nodes/n2/status', code: 'sender-mismatch' },
          reason: 'Node n1 may not speak for node n2.',
        },
        { topic: 'CONNECT', code: 'unauthorized' },
        { topic: 'CONNECT', code: 'unauthorized' },
      ]);
      const closed = closeOf(node);
      expect(await revoke('n1')).toBe(200);
      await closed;
      await expect(enter(manager.mqttUrl, credential)).rejects.toThrow();
      // Written within a second of the first, by a queue of its own.
      const events = async () => (await ask('GET', 'events')).text();
      while (!(await events()).includes('"request":"PUBLISH nodes/n2/status"'));
    },
    waitsMs,
  );

  it(
    'is what nobody else can be, with what devices share or an admin’s token',
    async () => {
      await start({ OAKRING_MQTT_PORT: '0', ...shared });
      const device = await enter(manager.mqttUrl, { username: 'devices', password: 'open sesame' });
      const person = await enter(manager.mqttUrl, { username: 'anna', password: admin });
      await device.subscribeAsync('nodes/n1/controls');
      await person.subscribeAsync('nodes/n9/controls');
      const closed = closeOf(device);
      await joinAs('n1', newToken());
      await closed;
      await person.publishAsync('nodes/n1/status', '{"status":"offline"}', { qos: 1 });
      expect(await deadLetters()).toMatchObject([{ code: 'sender-mismatch' }]);
      expect(await register(person, 'n9')).toMatchObject({ accepted: true });
    },
    waitsMs,
  );
});

const withMosquitto = mosquittoPlugin() === null ? describe.skip : describe;

withMosquitto('A node that joined, at a Mosquitto whose accounts the manager keeps', () => {
  let mosquitto: ClosedMosquitto;
  beforeEach(async () => {
    mosquitto = await startClosedMosquitto({ by: 'accounts' });
    const { username, password } = managerAccount;
    await start({
      OAKRING_MQTT_URL: `mqtt://127.0.0.1:${mosquitto.managerPort}`,
      ...{ OAKRING_MQTT_USERNAME: username, OAKRING_MQTT_PASSWORD: password },
      OAKRING_MQTT_ACCOUNTS: 'dynamic-security',
    });
  });
  afterEach(() => mosquitto.end());

  const asNode = (node: string, password: string): Promise<MqttClient> =>
    enter(`mqtt://127.0.0.1:${mosquitto.port}`, { username: node, password });

  it(
    'has an account when it is answered, and none once it is revoked',
    async () => {
      const secret = newToken();
      await expect(asNode('n1', secret)).rejects.toThrow();
      expect(await joinAs('n1', secret)).toBe(201);
      const node = await asNode('n1', secret);
      expect(await register(node, 'n1')).toMatchObject({ id: 'n1', accepted: true });
      const closed = closeOf(node);
      expect(await revoke('n1')).toBe(200);
      await closed;
      await expect(asNode('n1', secret)).rejects.toThrow();
    },
    waitsMs,
  );

  it(
    'is let in again by a broker that forgot all, once it has joined anew by what it has',
    async () => {
      const secret = newToken();
      await joinAs('n1', secret);
      await mosquitto.kill('forgets');
      await mosquitto.start();
      await expect(asNode('n1', secret)).rejects.toThrow();
      expect(await joinAs('n1', secret, secret)).toBe(201);
      expect((await asNode('n1', secret)).connected).toBe(true);
    },
    waitsMs,
  );

  it(
    'is told that the broker is away, and lets in once it is not',
    async () => {
      const secret = newToken();
      await mosquitto.kill();
      expect(await joinAs('n1', secret)).toBe(503);
      await mosquitto.start();
      expect(await joinAs('n1', secret)).toBe(201);
      expect((await asNode('n1', secret)).connected).toBe(true);
    },
    waitsMs,
  );

  it(
    'is called as nobody else is there: neither as the manager nor as who has an account of another cluster',
    async () => {
      const events = async () => (await ask('GET', 'events')).text();
      for (const name of [managerAccount.username, overseerAccount.username]) {
        expect(await joinAs(name, newToken())).toBe(409);
      }
      expect(await events()).not.toContain('NodeJoined');
    },
    waitsMs,
  );

  it(
    'is heard, and none of another cluster that the broker lets in as well',
    async () => {
      const [url, shown] = [`mqtt://127.0.0.1:${mosquitto.managerPort}`, overseerAccount];
      const other = await enter(url, shown);
      await other.publishAsync('nodes/theirs/registration', '{"id":"theirs"}', { qos: 1 });
      const secret = newToken();
      await joinAs('n1', secret);
      expect(await register(await asNode('n1', secret), 'n1')).toMatchObject({ accepted: true });
      expect(await deadLetters()).toMatchObject([
        {
          ...{ topic: 'nodes/theirs/registration', code: 'unauthorized' },
          reason: 'Node theirs has not joined this cluster.',
        },
      ]);
      expect((await ask('GET', 'nodes/theirs')).status).toBe(404);
    },
    waitsMs,
  );
});
