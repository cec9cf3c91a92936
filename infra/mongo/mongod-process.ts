import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from '../machine/free-port.js';
import { findMongod } from './find-mongod.js';

/** Where a mongod is; null: there is none on this machine. */
export const mongodProgram = findMongod();

const giveUpAfterMs = 60_000;
/** Several fit on one machine. */
const small = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64'];

/** One mongod of a replica set `rs`, with a folder and a port of its own, to be hurt at will. */
export class MongodProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'oakring-mongod-'));
  private child: ChildProcess | null = null;
  private gone: Promise<void> = Promise.resolve();

  private constructor(
    readonly port: number,
    private readonly sizes: readonly string[],
  ) {}

  /** With `sizes` empty it takes as much of the machine as it does by itself. */
  static async create(sizes: readonly string[] = small): Promise<MongodProcess> {
    return new MongodProcess(await freePort(), sizes);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** On the same folder and port as before. Returns before it takes connections. */
  launch(): void {
    if (mongodProgram === null) {
      throw new Error('there is no mongod; see infra/mongo/find-mongod.ts');
    }
    const args = [...mongodArguments(this.folder, this.port), ...this.sizes];
    const started = spawn(mongodProgram, args, { stdio: 'ignore' });
    this.child = started;
    this.gone = new Promise((resolve) => started.once('exit', () => resolve()));
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.gone;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    this.thaw();
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Of a member of a replica set `rs` that only this machine can reach. */
export function mongodArguments(folder: string, port: number): string[] {
  const address = ['--port', String(port), '--bind_ip', '127.0.0.1'];
  return ['--dbpath', folder, ...address, '--replSet', 'rs'];
}

/** Makes the mongod on that port a replica set of one, and resolves once it takes writes. */
export async function untilPrimary(port: number): Promise<void> {
  const deadline = Date.now() + giveUpAfterMs;
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  for (;;) {
    try {
      const client = await new MongoClient(url, { serverSelectionTimeoutMS: 500 }).connect();
      const admin = client.db('admin');
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      // It has been initiated when it was started before.
      await admin.command({ replSetInitiate: { _id: 'rs', members } }).catch(() => null);
      const hello = await admin.command({ hello: 1 });
      await client.close();
      if (hello['isWritablePrimary'] === true) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error('mongod did not become primary in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
