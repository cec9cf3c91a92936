import { newestLines } from '@oakring/contracts';
import { safeText } from '@oakring/log';
import type { Timers } from '@oakring/ports';
import type { InstanceAddress, InstanceExit, Runtime } from './runtime.port.js';

/** Of the newest lines the last may be all that is short enough. */
const tail = 20;
/** A crash is told without them rather than late. */
const withinMs = 2_000;

type Printing = Pick<Runtime, 'logs'>;

/** How an instance ended, with what it printed last where it has failed. */
export async function explained(
  runtime: Printing,
  address: InstanceAddress,
  exit: InstanceExit,
  timers: Timers,
): Promise<InstanceExit> {
  if (exit.status !== 'failed') return exit;
  const lastLines = await lastPrinted(runtime, address, timers);
  return lastLines.length === 0 ? exit : { ...exit, lastLines };
}

/**
 * What an instance that has failed printed last, as it goes into the ledger with its failure: without the passwords
 * of addresses and without bearer tokens, as in a log of ours. Empty where that cannot be had soon; never rejects.
 */
export async function lastPrinted(
  runtime: Printing,
  address: InstanceAddress,
  timers: Timers,
): Promise<readonly string[]> {
  const patience = new AbortController();
  const limit = timers.after(withinMs, () => patience.abort());
  const wanted = { agoMs: null, tail, follow: false, after: null, previous: false, notBefore: 1 };
  const lines: string[] = [];
  try {
    for await (const batch of runtime.logs(address, wanted, patience.signal)) {
      lines.push(...batch.map(({ text }) => safeText(text)));
    }
  } catch {
    // Nothing is kept of it, or nobody answers: the reason says what is known.
  } finally {
    limit.cancel();
  }
  return newestLines(lines);
}
