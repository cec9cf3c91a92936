// A cluster with workers of Oakestra, and with a root where one is asked for.
import { StrictRoot } from '../apps/manager/src/root/testing/strict-root.js';
import { until } from './manager-http.js';
import type { Happened, Killing } from './oakestra-workers-load.js';
import { forkModule, startUp, temporaryFolder, type Forked, type Up } from './processes.js';

export interface FleetOptions {
  readonly workers: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A cluster, its workers, and who waits for what happens at one of them. */
export class Fleet {
  private readonly waiting = new Map<string, (happened: Happened) => void>();

  private constructor(
    readonly up: Up,
    private readonly child: Forked,
    private readonly remove: () => void,
  ) {
    void this.listen();
  }

  static async start({ workers, env = {} }: FleetOptions): Promise<Fleet> {
    const { folder, remove } = temporaryFolder();
    const up = await startUp(folder, { OAKRING_OAKESTRA: 'true', ...env });
    const child = forkModule('oakestra-workers-load.ts', [up.url, workers]);
    await child.wait();
    return new Fleet(up, child, remove);
  }

  /** The next order to run an instance of the service. */
  arrivalOf(name: string): Promise<Happened> {
    return this.next('ordered', name);
  }

  /** Its worker's first list with it. */
  showingOf(name: string): Promise<Happened> {
    return this.next('shown', name);
  }

  kill(numbers: readonly number[]): void {
    const killing: Killing = { workers: numbers };
    this.child.send(killing);
  }

  async stop(): Promise<void> {
    this.child.stop();
    await this.up.stop();
    this.remove();
  }

  private next(what: Happened['what'], name: string): Promise<Happened> {
    return new Promise((resolve) => this.waiting.set(`${what} ${name}`, resolve));
  }

  private async listen(): Promise<void> {
    for (;;) {
      const happened = await this.child.wait<Happened>().catch(() => null);
      if (happened === null) return;
      const key = `${happened.what} ${happened.name}`;
      this.waiting.get(key)?.(happened);
      this.waiting.delete(key);
    }
  }
}

/** A fleet of a root's, which has taken its first report. */
export async function startRootAndFleet(
  workers: number,
): Promise<{ readonly root: StrictRoot; readonly fleet: Fleet }> {
  const root = await StrictRoot.start();
  const env = {
    ...{ SYSTEM_MANAGER_URL: '127.0.0.1', CLUSTER_NAME: 'bench', CLUSTER_LOCATION: '48.1,11.5,10' },
    SYSTEM_MANAGER_PORT: String(root.httpPort),
    SYSTEM_MANAGER_GRPC_PORT: String(root.grpcPort),
  };
  const fleet = await Fleet.start({ workers, env });
  await until(async () => root.reports > 0, 30_000);
  return { root, fleet };
}
