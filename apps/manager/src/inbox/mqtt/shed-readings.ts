import { Logger } from '@nestjs/common';
import type { Clock } from '@oakring/ports';

const maxNodes = 100_000;
const sayEveryMs = 10_000;

/** Readings that were given up under overload: counted by node, and said once in a while. */
export class ShedReadings {
  /** Since the start. */
  total = 0;
  private readonly logger = new Logger('MqttInbox');
  private readonly byNode = new Map<string, number>();
  private said = 0;
  private saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly onShed: (nodeId: string) => void = () => {},
  ) {}

  count(nodeId: string): void {
    this.total += 1;
    this.onShed(nodeId);
    const before = this.byNode.get(nodeId);
    if (before !== undefined || this.byNode.size < maxNodes) {
      this.byNode.set(nodeId, (before ?? 0) + 1);
    }
  }

  of(nodeId: string): number {
    return this.byNode.get(nodeId) ?? 0;
  }

  /** Tells the log what came since it was last told. */
  say(): void {
    const nowMs = this.clock.monotonicMs();
    if (this.total === this.said || nowMs - this.saidAtMs < sayEveryMs) return;
    this.logger.warn(`overloaded: ${this.total - this.said} readings were shed, oldest first`);
    this.said = this.total;
    this.saidAtMs = nowMs;
  }
}
