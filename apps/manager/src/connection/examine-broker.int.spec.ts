import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { hasMosquitto, startMosquitto, type RunningBroker } from '../broker/testing/mosquitto.js';
import { dialectsOf } from '../wires/spoken.js';
import { Wires } from '../wires/wires.js';
import { examineBroker } from './examine-broker.js';

const ports = systemPorts();
const wires = new Wires(dialectsOf({ oakestra: false }), () => null);

function examine(port: number, user: string | null = null) {
  return examineBroker(
    {
      ...{ mqttUrl: `mqtt://127.0.0.1:${port}`, mqttCert: '', mqttKeyPassword: null, tlsCa: '' },
      ...{ mqttUsername: user, mqttPassword: user === null ? null : 'secret' },
    },
    wires,
    ports,
  );
}

(hasMosquitto() ? describe : describe.skip)('A Mosquitto as the broker of a manager', () => {
  let folder: string;
  let broker: RunningBroker;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-examined-'));
    // Started by root it becomes another user before it reads these.
    chmodSync(folder, 0o755);
    const path = (name: string): string => join(folder, name);
    writeFileSync(path('passwords'), 'oakring:secret\nother:secret\n');
    const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
    spawnSync('mosquitto_passwd', ['-U', path('passwords')], { env });
    // The rules that we recommend, and somebody who may only hear.
    const recommended = readFileSync('infra/mosquitto/acl.example', 'utf8');
    writeFileSync(path('acl'), `user other\ntopic read nodes/#\n${recommended}`);
    for (const name of ['acl', 'passwords']) chmodSync(path(name), 0o644);
    broker = await startMosquitto(
      undefined,
      `password_file ${path('passwords')}\nacl_file ${path('acl')}\nmax_packet_size 65536`,
    );
  });
  afterAll(async () => {
    await broker.kill();
    rmSync(folder, { recursive: true });
  });

  it('is well when it grants all, but for packets that are smaller than an order can be', async () => {
    const found = await examine(broker.port, 'oakring');
    expect(found.map(({ level, looked }) => `${level} ${looked}`)).toEqual([
      expect.stringMatching(/^ok broker at mqtt:/),
      'ok version of MQTT',
      expect.stringMatching(/^warning largest packet/),
      expect.stringMatching(/^ok subscriptions/),
      'ok publishing of what workers are told',
    ]);
    expect(found[2]).toMatchObject({ seen: '65536' });
  });

  it('names the topics on which it takes nothing from us', async () => {
    const found = await examine(broker.port, 'other');
    expect(found.at(-1)).toMatchObject({
      level: 'bad',
      seen: expect.stringContaining('nodes/+/controls'),
      remedy: expect.stringContaining('acl.example'),
    });
  });
});

describe('A broker of a manager', () => {
  it('that nobody runs is told with its address and what to look at', async () => {
    expect(await examine(1)).toEqual([
      expect.objectContaining({
        level: 'bad',
        looked: expect.stringContaining('mqtt://127.0.0.1:1'),
        seen: expect.stringContaining('ECONNREFUSED'),
      }),
    ]);
  });

  it('needs no look where it is in the process itself', async () => {
    const none = { mqttUrl: null, mqttUsername: null, mqttPassword: null };
    const settings = { ...none, mqttCert: '', mqttKeyPassword: null, tlsCa: '' };
    expect(await examineBroker(settings, wires, ports)).toEqual([]);
  });
});
