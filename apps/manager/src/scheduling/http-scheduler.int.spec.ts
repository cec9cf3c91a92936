import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScheduleRequest } from '@oakring/contracts';
import { HttpScheduler } from './http-scheduler.js';

let server: Server;
let answer: { status: number; body: unknown };
let asked: IncomingHttpHeaders = {};

beforeEach(async () => {
  server = createServer((request, response) => {
    asked = request.headers;
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

function scheduler(traceOf?: (jobs: Iterable<string>) => string) {
  const { port } = server.address() as AddressInfo;
  return new HttpScheduler(() => `http://127.0.0.1:${port}`, null, traceOf);
}

function ask() {
  return scheduler().schedule({ jobs: [], position: 0 });
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

  it('is told in which trace the jobs were ordered', async () => {
    answer = { status: 200, body: { answers: [] } };
    const job = { job: { id: 'web' }, instances: 1 };
    const request = { jobs: [job], position: 0 } as unknown as ScheduleRequest;
    await scheduler((jobs) => `00-${[...jobs].join('')}`).schedule(request);
    expect(asked['traceparent']).toBe('00-web');
    await ask();
    expect(asked).not.toHaveProperty('traceparent');
  });

  it('is well, is away, or is there and not ready; its address is told to nobody', async () => {
    const seen = scheduler();
    answer = { status: 200, body: {} };
    expect(await seen.obstacle()).toBeNull();
    answer = { status: 503, body: { code: 'odd', detail: 'At http://10.0.0.1.' } };
    expect(await seen.obstacle()).toBe('it is there, and not ready (503)');
    server.close();
    server.closeAllConnections();
    expect(await seen.obstacle()).toMatch(/^it (does not answer|cannot be asked)/);
  });

  it.each([401, 500, 503])('is away when it answers %i: it is asked again', async (status) => {
    answer = { status, body: { code: 'odd', detail: 'Not now.' } };
    await expect(ask()).rejects.toMatchObject({ code: 'scheduler-unavailable' });
  });
});
