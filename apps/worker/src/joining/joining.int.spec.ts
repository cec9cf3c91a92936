import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from '../connect/testing/manager-by-hand.js';
import { endInstancesOf } from '../runtimes/testing/end-instances.js';
import { processesWith, until } from '../runtimes/testing/processes.js';
import { startWorker, type RunningWorker } from '../start-worker.js';

let folder: string;
let broker: TestBroker;
let manager: ManagerByHand;
let door: Door;
let workers: RunningWorker[];
let log: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-joining-'));
  door = await Door.open();
  // The manager of these tests shows nothing.
  broker = await startTestBroker(Infinity, (username, password) =>
    username === null ? !door.isClosed : username === 'w1' && password === door.secret,
  );
  manager = await playManager(broker.url, 'w1');
  door.isClosed = true;
  writeFileSync(tokenFile(), 'first\n');
  workers = [];
  log = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await endInstancesOf(join(folder, 'data', 'instances'));
  await until(() => processesWith(folder).length === 0);
  await manager.end();
  await broker.stop();
  await door.close();
  rmSync(folder, { recursive: true });
});

const tokenFile = (): string => join(folder, 'join.token');

async function start(): Promise<RunningWorker> {
  const worker = await startWorker(
    {
      ...{ id: 'w1', name: 'w', ip: '127.0.0.1', port: 0, labels: {}, dockerHost: '' },
      ...{ username: null, password: null, mqttUrl: broker.url, startDelayMs: 0 },
      ...{ capacity: { cpuMillis: 4_000, memoryMiB: 4_000 }, runtimes: ['process'] },
      dataFolder: join(folder, 'data'),
      join: { managerUrl: door.url, token: null, tokenFile: tokenFile(), managerData: folder },
    },
    // Never waits long: that would only slow the test.
    { ...systemPorts(), randomness: { integer: () => 0 } },
    (kind, text) => log.push(`${kind} ${text}`),
  );
  workers.push(worker);
  return worker;
}

/** What a manager answers to whoever wants to join, over HTTP. */
class Door {
  isClosed = false;
  /** Of the node; null: nobody is it. */
  secret: string | null = null;
  token = 'first';
  readonly revoked = new Set<string>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<Door> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    // Listening: it has an address.
    const { port } = server.address() as AddressInfo;
    const opened = new Door(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      void json(request).then((body) => {
        const { secret } = body as { readonly secret: string };
        const bearer = request.headers.authorization?.slice('Bearer '.length) ?? '';
        const status = opened.judge(bearer, secret);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ code: 'forbidden', detail: 'It was revoked.' }));
      });
    });
    return opened;
  }

  private judge(bearer: string, secret: string): number {
    if (bearer !== this.token && bearer !== this.secret) return 401;
    if (this.revoked.has(secret)) return 403;
    this.secret = secret;
    return 200;
  }

  /** What was given before it lets nobody in any more. */
  revoke(): void {
    this.token = 'none yet';
    this.revoked.add(this.secret ?? '');
    this.secret = null;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

const credential = (): string => join(folder, 'data', 'credential.json');

describe('A worker of a closed cluster', () => {
  it('joins by the token in its file, and is that node after a restart without one', async () => {
    const worker = await start();
    await manager.next('registration');
    expect(statSync(credential()).mode & 0o777).toBe(0o600);
    expect(readFileSync(credential(), 'utf8')).toContain(door.secret ?? 'none');
    await worker.stop();
    rmSync(tokenFile());
    door.token = 'other';
    await start();
    await manager.next('registration', ({ incarnation }) => incarnation === 2);
    expect(log.join('\n')).not.toContain(door.secret ?? 'none');
    expect(log.join('\n')).not.toContain('first');
  });

  it('waits for a token, and says how to come by one', async () => {
    rmSync(tokenFile());
    await start();
    const said = `lets in nobody without a credential. There is no token in ${tokenFile()}. To let it in: `;
    await until(() => log.some((line) => line.includes(said)));
    writeFileSync(tokenFile(), 'first');
    await manager.next('registration');
  });

  it('that is revoked says nothing more, says why, and goes on with what runs; a newer token lets it in again', async () => {
    await start();
    await manager.next('registration');
    await manager.accept();
    await manager.next('state');
    const job = { id: 'web', name: 'web', technology: 'process', image: '/bin/sleep' };
    const marker = join(folder, 'runs');
    writeFileSync(marker, 'exec sleep 600', { mode: 0o700 });
    await manager.order({ job: { ...job, cmd: ['/bin/sh', marker] } });
    await manager.next('acks', ({ phase }) => phase === 'succeeded');
    const former = door.secret;

    door.revoke();
    broker.cutNewest();
    await until(() => log.some((line) => line.includes('does not let this worker in')));
    const said = manager.heard.length;
    expect(log.join('\n')).toMatch(/oakring token create --role join .*What runs here goes on/);
    expect(processesWith(join(folder, 'data')).length).toBeGreaterThan(0);

    door.token = 'second';
    writeFileSync(tokenFile(), 'second');
    await manager.next('registration');
    const meanwhile = manager.heard.slice(said).filter(({ kind }) => kind !== 'registration');
    // Nothing but its last will, and what it says once it is let in.
    expect(meanwhile.every(({ kind }) => kind === 'status')).toBe(true);
    expect(door.secret).not.toBe(former);
    await manager.accept();
    const { instances } = await manager.next('state');
    expect(instances).toMatchObject([{ job: 'web', status: 'running' }]);
  });
});
