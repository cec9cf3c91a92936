import type { Refusal } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';
import { ofOneStranger } from '../access/stranger-rates.js';
import { TokenBucket } from '../access/token-bucket.js';

/** What one connection may register of nodes that nobody knows, so that it leaves something to others. */
export class RegistrationShare {
  private readonly of = new WeakMap<object, TokenBucket>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** Why a registration of so many bytes goes no further; null: it counts. */
  refusal(connection: object, nodeId: string, bytes: number): Refusal | null {
    const nowMs = this.clock.monotonicMs();
    const bucket = this.of.get(connection) ?? new TokenBucket(ofOneStranger, nowMs);
    this.of.set(connection, bucket);
    if (bucket.hasAny(nowMs)) {
      bucket.take(bytes);
      return null;
    }
    const detail = `Its connection has registered more nodes that nobody knows than one may, and not ${nodeId}.`;
    return { code: 'rate-exceeded', detail, field: 'topic', value: nodeId };
  }
}
