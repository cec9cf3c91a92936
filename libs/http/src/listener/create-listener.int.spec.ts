import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post, Res } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { describeOwnOnly } from '@oakring/http/testing';
import { systemPorts } from '@oakring/ports';
import type { FastifyReply } from 'fastify';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { readDocument } from '../bodies/json-body.js';
import { createListener, listenerProviders } from './create-listener.js';
import { usualDeadlines, type HttpLimits } from './limits.js';
import { listenOn } from './listen-on.js';
import { OpenConnections } from './open-connections.js';

const PORTS = Symbol('Ports');
const patient = { headersWithinMs: 60_000, requestWithinMs: 60_000, checkEveryMs: 10 };

@Controller('things')
class ThingsController {
  constructor(private readonly connections: OpenConnections) {}

  @Get()
  list(): object {
    return { items: [] };
  }

  /** Lasts until its reader leaves, or the listener closes. */
  @Get('stream')
  stream(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.flushHeaders();
    this.connections.signal.addEventListener('abort', () => reply.raw.end());
  }

  @Get(':id')
  show(@Param('id') id: string): never {
    throw id === 'broken'
      ? new Error('secret of the inside')
      : new OakringError({ code: 'shutting-down', detail: `Not now: ${id}.` });
  }

  @Post()
  make(@Body() body: object | undefined): object {
    return { made: body ?? null };
  }
}

@Module({
  controllers: [ThingsController],
  providers: [
    { provide: PORTS, useValue: systemPorts() },
    ...listenerProviders(PORTS, { logContext: 'Things', cutAfterMs: 200 }),
  ],
})
class ThingsModule {}

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

function make(limits: Partial<HttpLimits>) {
  return createListener(ThingsModule, {
    ...{ name: 'keeper', logContext: 'Things', admit: null, names: [] },
    ...{ readBody: readDocument, maxBodyBytes: 1_024, logger: false },
    requestId: () => 'a request',
    routeClass: ({ routeOptions }) => (routeOptions.url === '/things/stream' ? null : 'Things'),
    limits: { ...usualDeadlines, connections: 100, ...limits },
  });
}

async function startListener(limits: Partial<HttpLimits> = {}): Promise<Listening> {
  const app = await make(limits);
  const here = { address: '127.0.0.1', host: '127.0.0.1', port: 0, setting: 'OAKRING_PORT' };
  const url = await listenOn(app, { name: 'keeper', ...here });
  return { url, close: () => app.close() };
}

async function problemOf(asked: Promise<Response>) {
  const answer = await asked;
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await answer.json()) as Record<string, unknown>;
  expect(problem['status']).toBe(answer.status);
  expect(problem['type']).toBe(`urn:oakring:problem:${String(problem['code'])}`);
  expect(problem['remedy']).not.toBe('');
  return problem;
}

describe('A listener', () => {
  let listener: Listening;
  beforeAll(async () => {
    listener = await startListener();
  });
  afterAll(() => listener.close());

  describeOwnOnly('A listener', {
    url: () => listener.url,
    ...{ read: '/things', change: 'POST /things' },
  });

  function send(body: string | Uint8Array<ArrayBuffer>, type = 'application/json') {
    const headers = { 'content-type': type };
    return fetch(`${listener.url}/things`, { method: 'POST', headers, body });
  }

  it.each([
    ['not JSON', '{"name":', 400, 'invalid-json'],
    ['JSON but no object', '[1]', 400, 'invalid-json'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 400, 'not-utf8'],
    ['more than is read', `{"notes":"${'x'.repeat(2_000)}"}`, 413, 'payload-too-large'],
    ['an unpaired surrogate', '{"name":"\\ud800"}', 400, 'invalid-field'],
    ['an integer beyond 2^53', '{"a":{"b":[9007199254740993]}}', 400, 'invalid-field'],
    ['a number that overflows', '{"a":1e999}', 400, 'invalid-field'],
    ['a member named __proto__', '{"a":{"__proto__":{}}}', 400, 'invalid-field'],
    ['hundreds of levels', `{"a":${'['.repeat(400)}${']'.repeat(400)}}`, 400, 'invalid-field'],
  ])('refuses a body of %s', async (_name, body, status, code) => {
    expect(await problemOf(send(body))).toMatchObject({ status, code });
  });

  it('says how much of a body it reads', async () => {
    const { detail } = await problemOf(send(`{"notes":"${'x'.repeat(2_000)}"}`));
    expect(detail).toBe('The body is larger than 1 KiB.');
  });

  it('unpacks nothing: a body of few bytes that would be many is read as it lies there', async () => {
    const body = gzipSync(`{"notes":"${'x'.repeat(10_000_000)}"}`);
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    for (const bytes of [body, body.subarray(0, 1_000)]) {
      const asked = fetch(`${listener.url}/things`, { method: 'POST', headers, body: bytes });
      const code = bytes.length > 1_024 ? 'payload-too-large' : 'not-utf8';
      expect(await problemOf(asked)).toMatchObject({ code });
    }
  });

  it('takes no bytes for no body', async () => {
    expect(await (await send('')).json()).toEqual({ made: null });
  });

  it('names the path of content that cannot be kept', async () => {
    const problem = await problemOf(send('{"extra":{"list":[1,{"deep":9007199254740993}]}}'));
    expect(problem).toMatchObject({ code: 'invalid-field', field: 'extra.list.1.deep' });
  });

  it('refuses other media types, and says which it takes', async () => {
    const problem = await problemOf(send('a=b', 'application/x-www-form-urlencoded'));
    expect(problem).toMatchObject({ status: 415, code: 'unsupported-media-type' });
    expect(problem['remedy']).toContain('application/json');
  });

  it('answers an unknown address with 404, without what may be a secret', async () => {
    const problem = await problemOf(fetch(`${listener.url}/nothing?token=hunter2`));
    expect(problem).toMatchObject({
      ...{ status: 404, code: 'route-unknown' },
      detail: 'There is nothing at GET /nothing.',
    });
  });

  it('answers a wrong method with 405 and the right ones', async () => {
    const headers = { 'content-type': 'application/json' };
    // Whatever its body is: nobody reads it.
    for (const body of ['{}', '{', '{"a":1}', 'x'.repeat(5_000)]) {
      for (const method of ['PUT', 'DELETE']) {
        const response = await fetch(`${listener.url}/things`, { method, headers, body });
        expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
        expect(await problemOf(Promise.resolve(response))).toMatchObject({
          ...{ status: 405, code: 'method-not-allowed' },
        });
      }
    }
  });

  it.each([
    ['malformed', '/things/%zz', 400, 'request-malformed'],
    ['endless', `/things/${'x'.repeat(300)}`, 404, 'route-unknown'],
  ])('answers a %s address with a problem', async (_name, path, status, code) => {
    expect(await problemOf(fetch(`${listener.url}${path}`))).toMatchObject({ status, code });
  });

  it('says when to come back', async () => {
    const response = await fetch(`${listener.url}/things/one`);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await problemOf(Promise.resolve(response))).toMatchObject({ detail: 'Not now: one.' });
  });

  it('tells nothing of the inside', async () => {
    const { detail } = await problemOf(fetch(`${listener.url}/things/broken`));
    expect(detail).toBe('The request failed unexpectedly; the log of the keeper says more.');
  });

  it('answers what is not HTTP with a problem, and closes', async () => {
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    socket.end('THIS IS NOT HTTP\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      code: 'request-malformed',
    });
  });

  it('says that its port is taken, and by which setting', async () => {
    const port = Number(new URL(listener.url).port);
    const other = await make(patient);
    const place = { address: '127.0.0.1', host: 'localhost', port, setting: 'OAKRING_PORT' };
    await expect(listenOn(other, { name: 'keeper', ...place })).rejects.toMatchObject({
      code: 'port-taken',
      message: `The keeper cannot listen on localhost:${port} (OAKRING_PORT): the port is taken.`,
    });
    await other.close();
  });
});

describe('What strangers hold of a listener', () => {
  let listener: Listening | undefined;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await listener?.close();
  });

  /** One that does not close its own side, whatever it hears. */
  function stranger({ url }: Listening): Socket {
    const port = Number(new URL(url).port);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    sockets.push(socket);
    return socket;
  }

  /** Writes until the other side refuses it. */
  function failureOfWriting(socket: Socket): Promise<string | undefined> {
    const writing = setInterval(() => socket.write('x'), 10);
    socket.once('close', () => clearInterval(writing));
    return new Promise((resolve) => {
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
  }

  it.each([
    ['no word', ''],
    ['half a head', 'GET /things HTTP/1.1\r\nhost: loc'],
    [
      'half a body',
      'POST /things HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    ],
  ])('is no connection with %s: it is answered 408 and closed', async (_what, text) => {
    listener = await startListener({ ...patient, headersWithinMs: 50, requestWithinMs: 100 });
    const socket = stranger(listener);
    socket.write(text);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'end');
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      code: 'request-timeout',
    });
    // Nobody waits for it to close its side as well.
    expect(['EPIPE', 'ECONNRESET']).toContain(await failureOfWriting(socket));
  });

  it('is not every place: the oldest of the address that has most gives way', async () => {
    listener = await startListener({ ...patient, connections: 3 });
    const crowd = [stranger(listener), stranger(listener), stranger(listener)];
    const [oldest] = crowd;
    if (oldest === undefined) throw new Error('there is one');
    for (const socket of crowd) {
      socket.write('GET /things HTTP/1.1\r\nhost: localhost\r\n\r\n');
      await once(socket, 'data');
    }
    const ended = once(oldest, 'end');
    expect((await fetch(`${listener.url}/things`)).status).toBe(200);
    await ended;
  });

  it('does not hold up its end: streams end, who rests is closed, the rest is cut', async () => {
    listener = await startListener(patient);
    const [stream, resting, halfway] = [stranger(listener), stranger(listener), stranger(listener)];
    const head = 'host: localhost\r\ncontent-type: application/json\r\n';
    stream.write(`GET /things/stream HTTP/1.1\r\n${head}\r\n`);
    resting.write(`GET /things HTTP/1.1\r\n${head}\r\n`);
    halfway.write(`GET /things HTTP/1.1\r\n${head}\r\n`);
    await Promise.all([stream, resting, halfway].map((socket) => once(socket, 'data')));
    halfway.write(`POST /things HTTP/1.1\r\n${head}content-length: 99\r\n\r\n{`);
    const rest = once(stream, 'data');
    const ends = [stream, resting, halfway].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    for (const socket of [stream, resting, halfway]) socket.once('end', () => socket.end());
    await Promise.all([listener.close(), ...ends]);
    expect(String((await rest)[0])).toBe('0\r\n\r\n');
    listener = undefined;
  });
});
