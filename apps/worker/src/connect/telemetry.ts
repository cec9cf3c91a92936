import type { Resources } from '@oakring/contracts';
import type { ReadingSaid } from '@oakring/contracts/native';
import { machineCapacity, type WorkerOptions } from '../config/worker-options.js';
import type { Instances } from '../controls/instances.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import { capacityOf, readingOf } from './reports.js';
import { hundredths, MachineUsage } from './usage.js';

/**
 * Makes readings: the machine's own figures, or what simulated instances pretend to use where there
 * is nothing else.
 */
export class Telemetry {
  private readonly machine = new MachineUsage();
  private sequence = 0;
  private measuring = false;

  constructor(
    private readonly options: WorkerOptions,
    private readonly start: Pick<WorkerStore, 'incarnation'>,
    private readonly runtimes: readonly Runtime[],
    private readonly instances: Instances,
  ) {}

  /** Readings since the start. */
  get taken(): number {
    return this.sequence;
  }

  /** The next reading, from what is known now. */
  take(mostBytes?: number): { readonly sequence: number; readonly said: ReadingSaid } {
    const running = this.instances.list().filter(({ status }) => status === 'running');
    const usageOf = this.instances.usageOf.bind(this.instances);
    const isSimulated = this.runtimes.every(({ technology }) => technology === 'simulated');
    const whole = isSimulated ? capacityOf(this.options) : machineCapacity();
    const used = isSimulated
      ? useOf(
          running.map((known) => usageOf(known)),
          whole,
        )
      : this.machine.read();
    this.measure();
    this.sequence += 1;
    const { sequence } = this;
    const { incarnation } = this.start;
    const said = readingOf({
      incarnation,
      sequence,
      ...used,
      running,
      usageOf,
      whole,
      mostBytes,
    });
    return { sequence, said };
  }

  /** For the next reading: an engine that does not answer must not hold back this one. */
  private measure(): void {
    if (this.measuring) return;
    this.measuring = true;
    void Promise.all(this.runtimes.map((runtime) => runtime.measure())).finally(() => {
      this.measuring = false;
    });
  }
}

function useOf(
  uses: readonly (Resources | null)[],
  whole: Resources,
): { cpu: number; memory: number } {
  const sum = (field: keyof Resources): number =>
    uses.reduce((total, used) => total + (used?.[field] ?? 0), 0);
  return {
    cpu: hundredths(sum('cpuMillis'), whole.cpuMillis),
    memory: hundredths(sum('memoryMiB'), whole.memoryMiB),
  };
}
