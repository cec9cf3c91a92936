import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a mongod is; null: there is none on this machine. */
export const mongodProgram = findMongod();

/** One mongod of a replica set `rs`, with a folder and a port of its own, to be hurt at will. */
export class MongodProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'oakring-mongod-'));
  private child: ChildProcess | null = null;
  private gone: Promise<void> = Promise.resolve();

  private constructor(readonly port: number) {}

  static async create(): Promise<MongodProcess> {
    return new MongodProcess(await freePort());
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** On the same folder and port as before. Returns before it takes connections. */
  launch(): void {
    if (mongodProgram === null) {
      throw new Error('there is no mongod; see infra/mongo/find-mongod.js');
    }
    const started = spawn(
      mongodProgram,
      [
        ...['--dbpath', this.folder, '--port', String(this.port), '--bind_ip', '127.0.0.1'],
        ...['--replSet', 'rs', '--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64'],
      ],
      { stdio: 'ignore' },
    );
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

function findMongod(): string | null {
  const found = spawnSync(process.execPath, ['infra/mongo/find-mongod.js'], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
