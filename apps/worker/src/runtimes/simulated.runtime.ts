import type { Resources } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import {
  addressKey,
  type FoundInstance,
  type InstanceAddress,
  type InstanceToStart,
  type Runtime,
} from './runtime.port.js';

/** A long start says that it goes on. */
const progressEveryMs = 2_000;

/** Runs nothing and says so: for demonstrations and load tests. Its instances end with the worker. */
export class SimulatedRuntime implements Runtime {
  readonly technology = 'simulated';
  private readonly running = new Map<string, Resources>();

  constructor(
    private readonly startDelayMs: number,
    private readonly ports: Ports,
  ) {}

  async existing(): Promise<readonly FoundInstance[]> {
    return [];
  }

  async start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    for (let leftMs = this.startDelayMs; leftMs > 0 && !signal.aborted; leftMs -= progressEveryMs) {
      if (leftMs < this.startDelayMs) progress(`${leftMs} ms to go`);
      await this.ports.timers.sleep(Math.min(leftMs, progressEveryMs), signal);
    }
    if (signal.aborted) throw new Error('the start was cancelled');
    this.running.set(addressKey(instance), instance.resources);
  }

  async stop(address: InstanceAddress): Promise<void> {
    this.running.delete(addressKey(address));
  }

  onExit(): void {
    // A simulated instance never ends by itself.
  }

  async measure(): Promise<void> {
    // There is nothing to look at.
  }

  /** Half of what is reserved: enough to be seen on a chart. */
  usageOf(address: InstanceAddress): Resources | null {
    const reserved = this.running.get(addressKey(address));
    if (reserved === undefined) return null;
    return { cpuMillis: reserved.cpuMillis / 2, memoryMiB: reserved.memoryMiB / 2 };
  }

  async close(): Promise<void> {
    this.running.clear();
  }
}
