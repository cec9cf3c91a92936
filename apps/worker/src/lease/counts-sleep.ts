import { readFileSync } from 'node:fs';
import type { Clock } from '@oakring/ports';

/** Less than this is how exactly the two clocks are read. */
const leastSleepMs = 1_000;

/**
 * A clock that goes on while the machine sleeps (a laptop that is shut), as others' clocks do: what is valid for
 * so long is not valid longer for that. Linux's monotonic clock stands still then; its uptime does not.
 */
export function countingSleep(clock: Clock, uptimeMs: () => number = systemUptimeMs): Clock {
  const ahead = (): number => uptimeMs() - clock.monotonicMs();
  const before = ahead();
  let sleptMs = 0;
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => {
      const seenMs = ahead() - before;
      if (seenMs >= sleptMs + leastSleepMs) sleptMs = seenMs;
      return clock.monotonicMs() + sleptMs;
    },
  };
}

/** Where nobody says it, the machine never sleeps. */
function systemUptimeMs(): number {
  try {
    return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1_000;
  } catch {
    return 0;
  }
}
