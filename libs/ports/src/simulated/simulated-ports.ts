import { seededRandomness } from '../seeded-randomness.js';
import type { Ports } from '../system/system-ports.js';
import type { Timer } from '../timers.port.js';
import { silentTracer } from '../tracer.port.js';

interface Pending {
  dueMs: number;
  order: number;
  readonly periodMs: number | null;
  readonly work: () => void;
}

export interface SimulatedPorts extends Ports {
  /** Lets `durationMs` pass: runs what falls due, in order of time, then of creation. */
  advance(durationMs: number): Promise<void>;
}

/**
 * Ports whose time stands still until a test moves it. `seed` fixes the randomness and the ids;
 * wall time starts at `startMs` (milliseconds since 1970).
 */
export function simulatedPorts(seed = 1, startMs = 1_767_225_600_000): SimulatedPorts {
  let nowMs = 0;
  let created = 0;
  let named = 0;
  const pending = new Set<Pending>();

  const schedule = (delayMs: number, periodMs: number | null, work: () => void): Timer => {
    const entry: Pending = { dueMs: nowMs + delayMs, order: created++, periodMs, work };
    pending.add(entry);
    return { cancel: () => pending.delete(entry) };
  };

  const earliestUntil = (untilMs: number): Pending | undefined =>
    [...pending]
      .filter((entry) => entry.dueMs <= untilMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];

  const fire = (entry: Pending): void => {
    nowMs = Math.max(nowMs, entry.dueMs);
    if (entry.periodMs === null) pending.delete(entry);
    else {
      entry.dueMs += entry.periodMs;
      entry.order = created++;
    }
    entry.work();
  };

  // Lets promises and immediates started so far run before time moves on.
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    clock: { wallMs: () => startMs + nowMs, monotonicMs: () => nowMs },
    timers: {
      after: (delayMs, work) => schedule(delayMs, null, work),
      every: (periodMs, work) => schedule(periodMs, periodMs, work),
      soon: (work) => void setImmediate(work),
      sleep: (delayMs, signal) => sleepOn(schedule, delayMs, signal),
    },
    ids: { next: () => `00000000-0000-4000-8000-${(named++).toString(16).padStart(12, '0')}` },
    randomness: seededRandomness(seed),
    tracer: silentTracer,
    async advance(durationMs) {
      const untilMs = nowMs + durationMs;
      await settle();
      for (let due = earliestUntil(untilMs); due !== undefined; due = earliestUntil(untilMs)) {
        fire(due);
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}

function sleepOn(
  schedule: (delayMs: number, periodMs: null, work: () => void) => Timer,
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const wake = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = schedule(delayMs, null, wake);
    signal?.addEventListener('abort', wake);
  });
}
