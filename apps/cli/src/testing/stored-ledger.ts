import type { SampleLedger } from '@oakring/events/testing';
import { systemPorts } from '@oakring/ports';
import { openEventStore } from '@oakring/stores';

/** Writes a ledger into a store as a manager does; where it lies. */
export async function storedLedger(path: string, { commits }: SampleLedger): Promise<string> {
  const { log, close } = await openEventStore(path, systemPorts().timers);
  for (const commit of commits) await log.append(commit);
  await close();
  return path;
}
