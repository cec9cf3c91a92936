import type { Timer, Timers } from '@oakring/ports';
import type { Lease } from './lease.js';

const lookEveryMs = 500;

/** Says once when a lease has become late, and once when it is held again: why callers are told 503. */
export function watchLateness(
  lease: Pick<Lease, 'isHeld'>,
  timers: Timers,
  warn: (line: string) => void,
): Timer {
  let wasHeld = true;
  return timers.every(lookEveryMs, () => {
    const { isHeld } = lease;
    if (isHeld === wasHeld) return;
    wasHeld = isHeld;
    warn(
      isHeld
        ? 'The lease is held again: orders are decided and sent.'
        : 'The lease could not be renewed in time: nothing is decided, answered or sent until it is.',
    );
  });
}
