import type { Ports } from '@oakring/ports';
import type { ReceivedReading } from './worker-message.js';

/** Nodes whose first reading may wait at once; more are judged right away. */
const maxWaiting = 1_000;
/** A reading that is larger than any worker's first one is judged right away. */
const maxWaitingBytes = 4_096;
/** Longer than a registration takes to be decided. */
const waitMs = 1_000;

/**
 * First readings of nodes that are not known yet. A worker sends its first reading right behind its
 * registration, which is durable a moment later: such a reading is looked at once more. Only one a
 * node waits, the newest; a node that is still unknown then was never registered.
 */
export class EarlyReadings {
  private readonly waiting = new Map<string, ReceivedReading>();

  constructor(
    private readonly ports: Ports,
    /** Takes readings that have waited; they must not wait again. */
    private readonly takeLate: (readings: readonly ReceivedReading[]) => void,
  ) {}

  /** Whether the reading waits; false when it must be judged now. */
  keep(reading: ReceivedReading): boolean {
    if (reading.payload.byteLength > maxWaitingBytes) return false;
    if (!this.waiting.has(reading.address.nodeId) && this.waiting.size >= maxWaiting) return false;
    if (this.waiting.size === 0) this.ports.timers.after(waitMs, () => this.handOver());
    // A copy: the payload is a part of what the socket read, which would stay with it.
    this.waiting.set(reading.address.nodeId, { ...reading, payload: Buffer.from(reading.payload) });
    return true;
  }

  private handOver(): void {
    const readings = [...this.waiting.values()];
    this.waiting.clear();
    this.takeLate(readings);
  }
}
