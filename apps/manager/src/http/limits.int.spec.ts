import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startTestManager, type TestManager } from './testing/test-manager.js';

const patient = { headersWithinMs: 60_000, requestWithinMs: 60_000, checkEveryMs: 10 };

describe('What strangers hold of a manager', () => {
  let manager: TestManager | undefined;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await manager?.close();
  });

  /** One that does not close its own side, whatever it hears. */
  function stranger({ url }: TestManager): Socket {
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
    ['half a head', 'GET /api/v1/jobs HTTP/1.1\r\nhost: loc'],
    [
      'half a body',
      'POST /api/v1/jobs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    ],
  ])('is no connection with %s: it is answered 408 and closed', async (_what, text) => {
    manager = await startTestManager({
      limits: { ...patient, headersWithinMs: 50, requestWithinMs: 100, connections: 10 },
    });
    const socket = stranger(manager);
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
    manager = await startTestManager({ limits: { ...patient, connections: 3 } });
    const crowd = [stranger(manager), stranger(manager), stranger(manager)];
    const [oldest] = crowd;
    if (oldest === undefined) throw new Error('there is one');
    for (const socket of crowd) {
      socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
      await once(socket, 'data');
    }
    const ended = once(oldest, 'end');
    expect((await manager.get('/health/live')).status).toBe(200);
    await ended;
  });
});
