import { OakringError } from '@oakring/contracts';
import { mayOpenLater } from '@oakring/stores';
import type { Ports } from '@oakring/ports';

export interface StoreSurroundings {
  readonly ports: Ports;
  readonly warn: (line: string) => void;
  /** Ends the waiting. */
  readonly stopping?: AbortSignal | undefined;
}

const tryAgainAfterMs = 1_000;

/**
 * Asks a store until it answers: after a power cut it may come up later than we do, and is between two
 * primaries now and then. Says once why it waits. What waiting cannot mend is thrown at once, and
 * `shutting-down` when `stopping` aborts.
 */
export async function onceThere<T>(
  ask: () => Promise<T>,
  { ports, warn, stopping }: StoreSurroundings,
): Promise<T> {
  for (let said = false; ; said = true) {
    try {
      return await ask();
    } catch (error) {
      // Nobody answers, or nobody leads there. A wrong password does not become right.
      if (!(error instanceof OakringError) || !(await mayOpenLater(error))) throw error;
      if (!said) warn(`Waiting for the store: ${error.message}`);
    }
    await ports.timers.sleep(tryAgainAfterMs, stopping);
    if (stopping?.aborted === true) {
      const detail = 'The start was cut short while the store was waited for.';
      throw new OakringError({ code: 'shutting-down', detail });
    }
  }
}
