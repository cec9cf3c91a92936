import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpScheduler } from './http-scheduler.js';

let server: Server;
let answer: { status: number; body: unknown };

beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(answer.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function ask() {
  const { port } = server.address() as AddressInfo;
  const scheduler = new HttpScheduler(() => `http://127.0.0.1:${port}`, null);
  return scheduler.schedule({ jobs: [], position: 0 });
}

describe('A scheduler that is asked over HTTP', () => {
  it.each([400, 413, 422])(
    'refuses what is asked with %i: asking again is no use',
    async (status) => {
      answer = { status, body: { code: 'odd', detail: 'The body is larger than 8 MiB.' } };
      await expect(ask()).rejects.toMatchObject({
        code: 'scheduler-refused',
        message: expect.stringContaining('refused to plan it: '),
      });
      await expect(ask()).rejects.toThrow('The body is larger than 8 MiB.');
    },
  );

  it.each([401, 500, 503])('is away when it answers %i: it is asked again', async (status) => {
    answer = { status, body: { code: 'odd', detail: 'Not now.' } };
    await expect(ask()).rejects.toMatchObject({ code: 'scheduler-unavailable' });
  });
});
