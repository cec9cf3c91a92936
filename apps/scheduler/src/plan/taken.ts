import type { Resources } from '@oakring/contracts';

/** What the plans of one call have taken so far, by slot. */
export class Taken {
  readonly cpu: Float64Array;
  readonly memory: Float64Array;

  constructor(slots: number) {
    this.cpu = new Float64Array(slots);
    this.memory = new Float64Array(slots);
  }

  add(slot: number, resources: Resources): void {
    this.cpu[slot] = (this.cpu[slot] ?? 0) + resources.cpuMillis;
    this.memory[slot] = (this.memory[slot] ?? 0) + resources.memoryMiB;
  }
}
