import { graceOf } from '../lease/leases.js';
import type { Instance } from './instance.js';

/** Part of the time that is left for a runtime to be patient in: killing takes a moment as well. */
const patience = 0.8;

/**
 * Ends an instance whose last grant runs out in `graceMs`. Resolves once it is gone, with a start
 * that was under way; never rejects.
 */
export async function endAtLimit(instance: Instance, graceMs: number): Promise<void> {
  const { runtime, cancel } = instance;
  const stop = (): Promise<void> =>
    runtime.stop(instance, graceMs * patience).catch(() => {
      // There is nothing more that we could do about it.
    });
  cancel.abort();
  await stop();
  // A start may have been too far to be cut short: what it started must not outlive the limit either.
  await instance.started;
  await stop();
}

interface Watch {
  forget(instance: Instance): void;
}

/** Ends and forgets all that is here, also what could outlive the worker: it is somebody else's now. */
export async function abandonAll(
  table: { list(): readonly Instance[]; remove(instance: Instance): void },
  watch: Watch,
): Promise<void> {
  const all = table.list();
  await Promise.all(all.map((instance) => abandon(instance, watch)));
  for (const instance of all) table.remove(instance);
}

async function abandon(instance: Instance, watch: Watch): Promise<void> {
  watch.forget(instance);
  instance.cancel.abort();
  await instance.started;
  await instance.runtime.stop(instance, patienceWith(instance)).catch(() => {
    // The next start on this machine finds it again, and does not want it.
  });
}

/**
 * How long a runtime may be patient with an instance that is deleted, milliseconds: its grant may be
 * about to run out. Undefined: as it likes.
 */
export function patienceWith({ leaseMs }: Instance): number | undefined {
  return leaseMs === null ? undefined : graceOf(leaseMs) * patience;
}
