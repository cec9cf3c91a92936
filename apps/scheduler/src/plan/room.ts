import type { Resources } from '@oakring/contracts';
import type { NodeColumns } from './node-columns.js';

/** The nodes with what the plans of one call have taken so far: the copy itself stays as it is. */
export class Room {
  private readonly cpuTaken: Float64Array;
  private readonly memoryTaken: Float64Array;

  constructor(readonly nodes: NodeColumns) {
    this.cpuTaken = new Float64Array(nodes.count);
    this.memoryTaken = new Float64Array(nodes.count);
  }

  cpuFree(slot: number): number {
    return (this.nodes.cpuFree[slot] ?? 0) - (this.cpuTaken[slot] ?? 0);
  }

  memoryFree(slot: number): number {
    return (this.nodes.memoryFree[slot] ?? 0) - (this.memoryTaken[slot] ?? 0);
  }

  take(slot: number, { cpuMillis, memoryMiB }: Resources): void {
    this.cpuTaken[slot] = (this.cpuTaken[slot] ?? 0) + cpuMillis;
    this.memoryTaken[slot] = (this.memoryTaken[slot] ?? 0) + memoryMiB;
  }

  /**
   * What an instance holds is free while its successor is planned. The way back: what the successor
   * did not take is no one's before the instance has ended.
   */
  lend(slot: number, { cpuMillis, memoryMiB }: Resources): () => void {
    const cpu = this.cpuTaken[slot] ?? 0;
    const memory = this.memoryTaken[slot] ?? 0;
    this.take(slot, { cpuMillis: -cpuMillis, memoryMiB: -memoryMiB });
    return () => {
      this.cpuTaken[slot] = Math.max(cpu, this.cpuTaken[slot] ?? 0);
      this.memoryTaken[slot] = Math.max(memory, this.memoryTaken[slot] ?? 0);
    };
  }
}
