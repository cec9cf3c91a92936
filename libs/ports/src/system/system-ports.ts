import { randomInt, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../clock.port.js';
import type { Ids } from '../ids.port.js';
import type { Randomness } from '../randomness.port.js';
import type { Timers } from '../timers.port.js';
import { silentTracer, type Tracer } from '../tracer.port.js';

/** Everything impure that the core is given, in one value. */
export interface Ports {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly randomness: Randomness;
  readonly tracer: Tracer;
}

const systemTimers: Timers = {
  after(delayMs, work) {
    const handle = setTimeout(work, delayMs).unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, work) {
    const handle = setInterval(work, periodMs).unref();
    return { cancel: () => clearInterval(handle) };
  },
  soon(work) {
    setImmediate(work);
  },
  sleep(delayMs, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const finish = (): void => {
        clearTimeout(handle);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const handle = setTimeout(finish, delayMs);
      signal?.addEventListener('abort', finish);
    });
  },
};

/** The machine's own clock, timers, ids and randomness; nobody asks for spans. */
export function systemPorts(): Ports {
  return {
    clock: { wallMs: () => Date.now(), monotonicMs: () => performance.now() },
    timers: systemTimers,
    ids: { next: () => randomUUID() },
    randomness: { integer: (bound) => randomInt(bound) },
    tracer: silentTracer,
  };
}
