import { OakringError } from '@oakring/contracts';

/**
 * Attempts a batch. One that the scheduler refuses for what is in it is halved, and halved again,
 * until all of it has passed but what is refused even alone: that never holds up the others.
 */
export async function inHalves<T>(
  batch: readonly T[],
  attempt: (batch: readonly T[]) => Promise<void>,
  refusedAlone: (item: T, refusal: OakringError) => Promise<void>,
): Promise<void> {
  try {
    await attempt(batch);
  } catch (error) {
    if (!(error instanceof OakringError) || error.code !== 'scheduler-refused') throw error;
    const [only] = batch;
    if (only !== undefined && batch.length === 1) return refusedAlone(only, error);
    const half = Math.ceil(batch.length / 2);
    await inHalves(batch.slice(0, half), attempt, refusedAlone);
    await inHalves(batch.slice(half), attempt, refusedAlone);
  }
}
