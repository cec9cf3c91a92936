import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { freePort } from '../../../../infra/machine/free-port.js';
import { hasMosquitto, startMosquitto, type RunningBroker } from '../broker/testing/mosquitto.js';
import { brokerTls, certifiedName } from './broker-tls.js';
import { reachBroker } from './reach-broker.js';

const suite = hasMosquitto() ? describe : describe.skip;
const folder = mkdtempSync(join(tmpdir(), 'oakring-cert-'));
const settings = {
  ...{ mqttCert: folder, mqttKeyPassword: 'secret', mqttUrl: 'mqtts://127.0.0.1:1' },
  tlsCa: '',
};

/** `openssl …` in the folder. */
function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function issue(name: string, ...more: string[]): void {
  const request = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=x'];
  openssl('req', ...request, ...more, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1');
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    ...signed,
    '-extfile',
    'names',
    '-out',
    `${name}.crt`,
  );
}

suite('The certificates of MQTT_CERT', () => {
  let broker: RunningBroker;
  let url: string;

  beforeAll(async () => {
    const authority = ['-x509', '-nodes', '-days', '2', '-subj', '/CN=ca'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    openssl('req', ...key, ...authority, '-keyout', 'ca.key', '-out', 'ca.crt');
    issue('broker', '-nodes');
    issue('cluster', '-passout', 'pass:secret');
    const port = await freePort();
    broker = await startMosquitto(
      undefined,
      `listener ${port} 127.0.0.1\ncafile ${folder}/ca.crt\ncertfile ${folder}/broker.crt\n` +
        `keyfile ${folder}/broker.key\nrequire_certificate true\nuser root`,
    );
    url = `mqtts://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await broker.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('say what a broker may call us, which no node may be called', () => {
    expect(certifiedName(brokerTls(settings).tls)).toBe('x');
    expect(certifiedName()).toBeNull();
  });

  it('let us in at a broker that asks for them, and nothing else does', async () => {
    const { timers } = systemPorts();
    const address = { url, username: null, password: null, clientId: 'x' };
    const { tls } = brokerTls({ ...settings, mqttUrl: url });
    expect(tls).toBeDefined();
    expect(await reachBroker({ ...address, ...(tls === undefined ? {} : { tls }) }, timers)).toBe(
      true,
    );
    expect(await reachBroker(address, timers)).toBe(false);
  });

  it('are not needed where a broker asks for none: then OAKRING_TLS_CA says whom it is believed by', async () => {
    const { timers } = systemPorts();
    const port = await freePort();
    const asking = await startMosquitto(
      undefined,
      `listener ${port} 127.0.0.1\ncertfile ${folder}/broker.crt\nkeyfile ${folder}/broker.key\n` +
        'allow_anonymous true\nuser root',
    );
    const at = `mqtts://127.0.0.1:${port}`;
    const reached = (tlsCa: string) =>
      reachBroker(
        {
          ...{ url: at, username: null, password: null, clientId: 'x' },
          ...brokerTls({ ...settings, mqttCert: '', mqttUrl: at, tlsCa }),
        },
        timers,
      );
    expect(await reached(join(folder, 'ca.crt'))).toBe(true);
    // Another one's, and those of the machine.
    expect(await reached(join(folder, 'cluster.crt'))).toBe(false);
    expect(await reached('')).toBe(false);
    await asking.kill();
  });

  it.each([
    ['a folder without them', { mqttCert: '/nowhere' }, 'ca.crt cannot be read (ENOENT)'],
    ['the broker in this process', { mqttUrl: null }, 'no broker elsewhere'],
    ['a broker without TLS', { mqttUrl: 'mqtt://127.0.0.1:1' }, 'not at mqtts://'],
  ])('stop a start with %s', (_what, changes, why) => {
    expect(() => brokerTls({ ...settings, ...changes })).toThrow(why);
  });
});
