import type { Clock } from '@oakring/ports';

/** Somebody elsewhere who failed is not asked again for so long; the failure stands until then. */
export const leaveAloneMs = 60_000;

/** Steps that failed are tried again within seconds, which is how it is told; whom they ask is spared. */
export class Patience {
  private readonly failed = new Map<
    string,
    { readonly error: unknown; readonly untilMs: number }
  >();

  constructor(private readonly clock: Clock) {}

  async ask<T>(whom: string, question: () => Promise<T>): Promise<T> {
    const before = this.failed.get(whom);
    if (before !== undefined && this.clock.monotonicMs() < before.untilMs) throw before.error;
    this.failed.delete(whom);
    try {
      return await question();
    } catch (error) {
      this.failed.set(whom, { error, untilMs: this.clock.monotonicMs() + leaveAloneMs });
      throw error;
    }
  }
}
