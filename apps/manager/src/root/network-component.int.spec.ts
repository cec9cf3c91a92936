import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NetworkComponent } from './network-component.js';

const ending = new AbortController().signal;
let server: Server;
let port: number;
/** Null: it keeps silent. */
let status: number | null;
let heard: string[];
let warned: string[];

beforeEach(async () => {
  [status, heard, warned] = [200, [], []];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    heard.push(`${request.method} ${request.url} ${body}`);
    if (status !== null) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

function component(withinMs?: number): NetworkComponent {
  return new NetworkComponent({ host: '127.0.0.1', port }, (line) => warned.push(line), withinMs);
}

describe('The network component', () => {
  it('hears which service is about to be started', async () => {
    await component().startComes('a.b.c.d', ending);
    expect(heard).toEqual(['POST /api/net/deployment {"job_name":"a.b.c.d"}']);
    expect(warned).toEqual([]);
  });

  it('that refuses is told of once, until it has answered again', async () => {
    const network = component();
    for (status of [500, 500, 200, 500]) await network.startComes('a', ending);
    expect(heard).toHaveLength(4);
    expect(warned).toEqual([
      expect.stringContaining('answers with status 500'),
      expect.stringContaining('answers with status 500'),
    ]);
  });

  it('that keeps silent is waited for no longer than is patient', async () => {
    status = null;
    await component(20).startComes('a', ending);
    expect(warned).toEqual([expect.stringContaining('does not answer')]);
  });

  it('that is not there holds nothing up', async () => {
    server.close();
    await component().startComes('a', ending);
    expect(warned).toEqual([expect.stringContaining('does not answer')]);
  });

  it('is not complained of when we end', async () => {
    await component().startComes('a', AbortSignal.abort());
    expect(warned).toEqual([]);
  });
});
