import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { chromium, shownBy } from '../../../../../infra/browser/chromium.js';
import { freePort } from '../../../../../infra/machine/free-port.js';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from '../../connect/testing/manager-by-hand.js';
import { startWorker, type RunningWorker } from '../../start-worker.js';

/** What the page asks for has come by then, by the browser's own clock. */
const settled = '--virtual-time-budget=5000';
const hostile = '</td><img src=x onerror=alert(1)>';

let broker: TestBroker;
let manager: ManagerByHand;
let folder: string;
let lines: string[];
let workers: RunningWorker[];

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, 'w1');
  folder = mkdtempSync(join(tmpdir(), 'oakring-page-'));
  lines = [];
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

async function start(
  token: string | null = null,
  port = 0,
  more: { readonly makesToken?: true } = {},
): Promise<string> {
  const httpPort = port === 0 ? await freePort() : port;
  const page = { host: '127.0.0.1', httpPort, token, allowedHosts: [], allowOpen: false, ...more };
  const worker = await startWorker(
    {
      ...{ id: 'w1', name: hostile, ip: '127.0.0.1', port: 0, labels: {}, dockerHost: '' },
      ...{ username: null, password: null, startDelayMs: 0 },
      mqttUrl: broker.url.replace('mqtt://', 'mqtt://edge:secret@'),
      dataFolder: join(folder, String(workers.length)),
      runtimes: ['simulated'],
      capacity: { cpuMillis: 1_000, memoryMiB: 1_000 },
      page,
    },
    systemPorts(),
    (kind, text) => lines.push(`${kind} ${text}`),
  );
  workers.push(worker);
  return worker.url ?? '';
}

/** Registered, with one that runs, one that crashed, and an order that was not carried out. */
async function busy(token: string | null = null): Promise<string> {
  const url = await start(token);
  await manager.next('registration');
  await manager.accept();
  await manager.next('state');
  const job = { id: 'web', name: 'shop', technology: 'simulated' };
  await manager.order({ commandId: 'c1', job });
  await manager.next('acks', ({ phase }) => phase === 'succeeded');
  const crash = { id: 'crash', name: hostile, technology: 'simulated', simulate: { runMs: 1 } };
  await manager.order({ commandId: 'c2', job: crash });
  await manager.next('state', ({ instances }) => JSON.stringify(instances).includes('failed'));
  await manager.order({ commandId: 'c3', job: { id: 'guest', technology: 'unikernel' } });
  await manager.next('acks', ({ phase }) => phase === 'failed');
  return url;
}

const json = { accept: 'application/json' };

describe('The page of a worker', () => {
  it('has its parts from its own place alone, runs nothing that stands in it, and is kept by nobody', async () => {
    const url = await start();
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')?.split('; ')).toEqual([
      ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"],
      ...["connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
    ]);
    const html = await answer.text();
    const parts = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, part]) => part);
    expect(parts).toEqual(['data:,', '/status.css', '/status.js']);
    for (const part of ['/status.css', '/status.js']) {
      expect((await fetch(url + part)).status).toBe(200);
    }
  });

  it('serves everybody who came while it was loaded, and whoever comes later', async () => {
    const url = await start();
    const first = await Promise.all(Array.from({ length: 5 }, () => fetch(url)));
    expect(first.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('says how the worker stands, to programs and in a terminal, without credentials', async () => {
    const url = await busy();
    const answer = await fetch(`${url}/status`, { headers: json });
    const text = await answer.text();
    expect(text).not.toContain('secret');
    expect(JSON.parse(text)).toMatchObject({
      ...{
        node: 'w1',
        incarnation: 1,
        isConnected: true,
        isRegistered: true,
        refusedBecause: null,
      },
      ...{ epoch: 1, technologies: ['simulated'], disk: { isFull: false, leastMiB: 128 } },
      instances: [
        { job: 'web', name: 'shop', status: 'running' },
        { job: 'crash', status: 'failed', reason: 'told to have failed', used: null },
      ],
      allowances: expect.arrayContaining([
        {
          what: 'published ports below 1024',
          allowed: 'no',
          setting: 'OAKRING_WORKER_LOW_PORTS',
        },
      ]),
      refusedOrders: expect.arrayContaining([
        expect.objectContaining({ command: 'deploy', job: 'guest', outcome: 'failed' }),
      ]),
    });
    const inTerminal = await (await fetch(`${url}/status`)).text();
    expect(inTerminal).toMatch(/^broker +connected to mqtt:\/\/\*\*\*@127/m);
    expect(inTerminal).toMatch(/^ +web\/0 +running +shop +simulated +generation 1 /m);
    expect(inTerminal).toMatch(/^ +published ports below 1024: no +\(OAKRING_WORKER_LOW_PORTS\)$/m);
    expect(inTerminal).toMatch(/^ +crash\/0 +failed .*: told to have failed$/m);
  });

  it('answers nobody who was led here by a name that is not ours', async () => {
    const url = await start();
    expect(await statusFor(url, { host: 'rebound.example' })).toBe(421);
    expect(await statusFor(url, { origin: 'http://rebound.example' })).toBe(403);
    expect(await statusFor(url, {})).toBe(200);
  });

  it('tells nothing without the token, where there is one, but is there to take it', async () => {
    const url = await start('secret');
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url}/status`)).status).toBe(401);
    const headers = { ...json, authorization: 'Bearer secret' };
    expect((await fetch(`${url}/status`, { headers })).status).toBe(200);
  });

  it('asks for what lies in the data folder of the worker, where nothing else was said', async () => {
    const url = await start(null, 0, { makesToken: true });
    const file = join(folder, '0', 'credentials', 'page.token');
    const token = readFileSync(file, 'utf8').trim();
    expect(lines).toContainEqual(expect.stringContaining(file));
    const refused = await fetch(`${url}/status`, { headers: json });
    expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining(file)]);
    const headers = { ...json, authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/status`, { headers })).status).toBe(200);
  });

  it('is not there where its port is taken, and the worker works on and says so', async () => {
    const url = await start();
    const port = Number(new URL(url).port);
    expect(await start(null, port)).toBe('');
    const told = expect.stringMatching(/^listening nowhere at 127\.0\.0\.1:\d+: it is taken/);
    expect(lines).toContainEqual(told);
  });

  (chromium === undefined ? it.skip : it)(
    'is shown by a browser without a complaint, and what jobs are called is text',
    async () => {
      const url = await busy();
      const { dom, console } = await shownBy(chromium ?? '', url, settled);
      expect(console).toEqual([]);
      expect(dom).toContain('shop (web)');
      expect(dom).toContain('told to have failed');
      expect(dom).toContain('no (OAKRING_WORKER_HOST_PATHS)');
      expect(dom).toContain('&lt;/td&gt;&lt;img src=x onerror=alert(1)&gt;');
      expect(dom).not.toContain('<img');
      expect(dom).toContain('as of 2');
    },
    120_000,
  );
});

/** As a browser would ask; `fetch` sends no other Host than that of the address. */
function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/status`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.once('error', reject);
    asking.end();
  });
}
