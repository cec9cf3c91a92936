import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { examineBroker } from './examine-broker.js';

/** CONNACK of MQTT 3.1.1: not authorized. */
const refusal = Buffer.from([0x20, 0x02, 0x00, 0x05]);

let answer: Buffer | null;
let server: Server;

beforeEach(async () => {
  answer = refusal;
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => (answer === null ? socket.destroy() : socket.end(answer)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

async function found(joins: boolean) {
  // Listening: it has an address.
  const { port } = server.address() as AddressInfo;
  const address = { url: `mqtt://127.0.0.1:${port}`, username: null, password: null, joins };
  const [finding] = await examineBroker(address, 'n1', systemPorts());
  return finding;
}

describe('A broker that asks for a credential, as a worker is examined', () => {
  it('is no fault where the worker joins first, and one where it never will', async () => {
    expect(await found(true)).toMatchObject({
      level: 'ok',
      seen: expect.stringContaining('joins'),
    });
    expect(await found(false)).toMatchObject({
      level: 'bad',
      seen: expect.stringContaining('Not authorized'),
    });
  });

  it('is a fault for everybody where it ends the connection without a word, which TLS does', async () => {
    answer = null;
    expect(await found(true)).toMatchObject({
      level: 'bad',
      seen: expect.stringContaining('mqtts://'),
    });
  });
});
