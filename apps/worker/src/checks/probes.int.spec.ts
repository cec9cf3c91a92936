import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { askPort, problemOfCommand } from './probes.js';

const { timers } = systemPorts();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('A look over HTTP', () => {
  it.each([
    [200, null],
    [204, null],
    [302, null],
    [404, /GET http:\/\/localhost:\d+\/healthz answered 404$/],
    [503, /answered 503$/],
  ])('that is answered %i finds %p', async (status, problem) => {
    const port = await listening(
      createHttpServer((request, response) => {
        response
          .writeHead(request.url === '/healthz?token=s3cret' ? status : 500)
          .end('x'.repeat(1e6));
      }),
    );
    const probe = { by: 'http', port, path: '/healthz?token=s3cret' } as const;
    const found = await askPort('localhost', probe, 10_000, timers);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  });

  it('says what does not answer, and that it speaks something else', async () => {
    const port = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    const probe = { by: 'http', port, path: '/' } as const;
    expect(await askPort('localhost', probe, 10_000, timers)).toMatch(
      /does not answer: Parse Error/,
    );
  });

  it('ends a look that takes too long', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => {})));
    const probe = { by: 'http', port, path: '/' } as const;
    expect(await askPort('localhost', probe, 50, timers)).toBe(
      `GET http://localhost:${port}/ gave no answer within 50 ms`,
    );
  });
});

describe('A look at a port', () => {
  it('is well where something listens, on either kind of address', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const port = await listening(createServer(), host).catch(() => null);
      if (port === null) continue;
      expect(await askPort('localhost', { by: 'tcp', port }, 10_000, timers)).toBeNull();
    }
  });

  it('says that nothing listens', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    expect(await askPort('localhost', { by: 'tcp', port }, 10_000, timers)).toMatch(
      new RegExp(`^localhost:${port} does not answer: .*ECONNREFUSED`),
    );
  });
});

describe('A command that looks', () => {
  it('tells how it ended, with its last line and without its arguments', () => {
    const command = ['/bin/probe', '--password', 's3cret'];
    expect(problemOfCommand(command, 0, 'well')).toBeNull();
    expect(problemOfCommand(command, 3, 'first\nno route\n')).toBe(
      '/bin/probe ended with exit code 3: no route',
    );
    const words = `${'.'.repeat(185)} amqp://ann:secret@mq`;
    expect(problemOfCommand(command, 3, words)).not.toContain('ann');
    expect(problemOfCommand(command, 'signal SIGSEGV', '')).toBe(
      '/bin/probe ended with signal SIGSEGV',
    );
  });
});

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
