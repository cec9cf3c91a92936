import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { surroundingsOf } from './process-surroundings.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-volumes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What one of the worker's own user is told. */
const begunIn = (description: JsonObject, pagePort: number | null = null) =>
  surroundingsOf(description, { closed: folder, open: null }, null, pagePort);

describe('What a process is told of its ports and folders', () => {
  it('is the port and address of the node, by the number and by the name of each', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: free } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const ports = [{ port: 80, published: free, name: 'web-ui', address: '127.0.0.1' }];
    expect(await begunIn({ ports })).toEqual({
      OAKRING_PORT_80: String(free),
      OAKRING_ADDRESS_80: '127.0.0.1',
      OAKRING_PORT_WEB_UI: String(free),
      OAKRING_ADDRESS_WEB_UI: '127.0.0.1',
    });
  });

  it('is a folder of its worker by its name, for nobody else to read', async () => {
    const told = await begunIn({ volumes: ['data', { volume: 'more.data' }] });
    expect(told).toEqual({
      OAKRING_VOLUME_DATA: join(folder, 'data'),
      OAKRING_VOLUME_MORE_DATA: join(folder, 'more.data'),
    });
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  });

  it.each(['..', '../up', 'a/b', '.hidden', ''])('is no folder called %j', async (volume) => {
    await expect(begunIn({ volumes: [{ volume }] })).rejects.toMatchObject({
      fault: 'job',
    });
  });

  it('is nothing where somebody else has the port: it is tried elsewhere', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
    const { port: tcp } = server.address() as AddressInfo;
    const taken = [`127.0.0.1:${tcp}:80`, `127.0.0.1:${socket.address().port}:53/udp`];
    for (const port of taken) {
      await expect(begunIn({ ports: [port] })).rejects.toMatchObject({
        fault: 'node',
        message: expect.stringContaining('is in use on this machine'),
      });
    }
    await expect(begunIn({ ports: taken.slice(0, 1) }, tcp)).rejects.toMatchObject({
      message: expect.stringMatching(/by the page of a worker.*OAKRING_WORKER_HTTP_PORT/),
    });
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  });
});
