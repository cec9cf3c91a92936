import type { Resources } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import {
  addressKey,
  type InstanceAddress,
  type InstanceToStart,
  type Runtime,
} from './runtime.port.js';

/** Runs nothing and says so: for demonstrations and load tests. Its instances end with the worker. */
export class SimulatedRuntime implements Runtime {
  readonly technology = 'simulated';
  private readonly running = new Map<string, Resources>();

  constructor(
    private readonly startDelayMs: number,
    private readonly ports: Ports,
  ) {}

  async existing(): Promise<readonly InstanceAddress[]> {
    return [];
  }

  async start(instance: InstanceToStart, signal: AbortSignal): Promise<void> {
    if (this.startDelayMs > 0) await this.ports.timers.sleep(this.startDelayMs, signal);
    if (signal.aborted) throw new Error('the start was cancelled');
    this.running.set(addressKey(instance), instance.resources);
  }

  async stop(address: InstanceAddress): Promise<void> {
    this.running.delete(addressKey(address));
  }

  onExit(): void {
    // A simulated instance never ends by itself.
  }

  /** Half of what is reserved: enough to be seen on a chart. */
  used(): Resources {
    let cpuMillis = 0;
    let memoryMiB = 0;
    for (const resources of this.running.values()) {
      cpuMillis += resources.cpuMillis / 2;
      memoryMiB += resources.memoryMiB / 2;
    }
    return { cpuMillis, memoryMiB };
  }

  async close(): Promise<void> {
    this.running.clear();
  }
}
