import { instanceKey, mostLastLines } from '@oakring/model';
import type { Deciding } from './deciding.js';

/** The ledger keeps them for ever: what crashes in a loop may not fill it with what it printed. */
const windowMs = 1_800_000;

/**
 * What an instance printed last, as its failure is put on record with it: of three failures of one instance in half
 * an hour, which is 576 KiB a day of one that crashes in a loop. Of the others its worker keeps what they printed.
 */
export function linesOfFailure(
  deciding: Deciding,
  { job, instance }: { readonly job: string; readonly instance: number },
  { lastLines = [] }: { readonly lastLines?: readonly string[] },
): { lastLines?: string[] } {
  const before = deciding.state.instances.get(instanceKey(job, instance))?.lastLines ?? [];
  const recent = before.filter(({ at }) => deciding.at - at < windowMs);
  if (lastLines.length === 0 || recent.length >= mostLastLines) return {};
  return { lastLines: [...lastLines] };
}
