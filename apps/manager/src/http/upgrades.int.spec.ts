import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from './testing/test-manager.js';

let manager: TestManager;
beforeAll(async () => {
  manager = await startTestManager();
});
afterAll(() => manager.close());

const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
const webSocket = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];

async function connected(): Promise<Socket> {
  const { hostname, port } = new URL(manager.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

function headOf(line: string, ...headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

function jobOf(id: string): string {
  return JSON.stringify({ id, name: id, image: 'sh', technology: 'process' });
}

function submission(id: string, ...headers: readonly string[]): string {
  const body = jobOf(id);
  const about = ['Content-Type: application/json', `Content-Length: ${body.length}`];
  return headOf('POST /api/v1/jobs', ...about, ...headers) + body;
}

/** Statuses of the answers to what is sent in one connection, until it has as many or ends. */
async function statuses(socket: Socket, count: number): Promise<number[]> {
  let text = '';
  const found = () => Array.from(text.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, code]) => Number(code));
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (found().length >= count) break;
  }
  return found();
}

describe('A request that offers another protocol', () => {
  it('is answered as if it did not, with its body, and so is what follows it', async () => {
    const warned: string[] = [];
    const note = ({ name }: Error): void => void warned.push(name);
    process.on('warning', note);
    const socket = await connected();
    // More often than an emitter takes listeners without a word.
    for (let number = 0; number < 12; number += 1) {
      socket.write(submission(`offered-${number}`, ...offer));
      expect(await statuses(socket, 1)).toEqual([201]);
    }
    socket.write(headOf('GET /api/v1/jobs/offered-11'));
    expect(await statuses(socket, 1)).toEqual([200]);
    socket.destroy();
    process.off('warning', note);
    expect(warned).toEqual([]);
  });

  it('is read to its end where that comes later, or in chunks', async () => {
    const socket = await connected();
    const whole = submission('later', ...offer);
    socket.write(whole.slice(0, -20));
    await manager.get('/api/v1/jobs');
    socket.write(whole.slice(-20));
    expect(await statuses(socket, 1)).toEqual([201]);
    const body = jobOf('chunked');
    const about = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
    socket.write(headOf('POST /api/v1/jobs', ...about, ...offer));
    for (const part of [body.slice(0, 10), body.slice(10)]) {
      socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
      await manager.get('/api/v1/jobs');
    }
    socket.write('0\r\n\r\n');
    expect(await statuses(socket, 1)).toEqual([201]);
    expect(manager.projection.state.jobs.get('chunked')).toBeDefined();
    socket.destroy();
  });

  it('is so where the method takes no WebSocket either', async () => {
    const socket = await connected();
    socket.write(submission('posted', 'Connection: Upgrade', 'Upgrade: websocket'));
    expect(await statuses(socket, 1)).toEqual([201]);
    socket.destroy();
  });

  it.each([
    ['another protocol', offer, 200],
    ['a WebSocket', webSocket, 200],
  ] as const)('waits for the answers before it: %s', async (_what, headers, status) => {
    const socket = await connected();
    const first = headOf('GET /api/v1/jobs');
    socket.write(first + first + headOf('GET /api/v1/nodes', ...headers));
    expect(await statuses(socket, 3)).toEqual([200, 200, status]);
    socket.destroy();
    expect((await manager.get('/api/v1/jobs')).status).toBe(200);
  });
});
