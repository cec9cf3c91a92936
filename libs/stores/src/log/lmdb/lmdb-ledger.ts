import { join } from 'node:path';
import type { Timers } from '@oakring/ports';
import { newestTransaction } from '../../lmdb/data-file.js';
import { dataFileName } from '../../lmdb/environment.js';
import { layoutIsKnown } from '../../lmdb/pages.js';
import { emptyHead, logDamaged, chainVerifier } from '@oakring/events';
import { LedgerWatch } from './ledger-watch.js';
import { LmdbEventLog, openLmdbEventLog } from './lmdb-event-log.js';
import { openLogEnvironment } from './log-environment.js';
import { leaveMark, readMark } from './sound-mark.js';
import { walkLedger } from './walk-ledger.js';

/** The ledger of a manager, which holds the folder. */
export interface LmdbLedger {
  readonly log: LmdbEventLog;
  /** Rejects with `log-damaged` when damage is found later, where the start did not look. */
  readonly failed: Promise<never>;
  /** Positions up to here were looked through since the start. */
  verifiedTo(): number;
  close(): Promise<void>;
}

/**
 * Opens the ledger as `openLmdbEventLog` does, relying on what was found sound before: a start looks
 * at the tail and at the pages that changed since. A slow pass then goes through all of it, and what
 * it has not seen yet is checked before lmdb touches it. Damage that it found stops every later start
 * until the ledger is whole again.
 */
export async function openLmdbLedger(folder: string, timers: Timers): Promise<LmdbLedger> {
  if (!layoutIsKnown(process.arch)) {
    const log = await openLmdbEventLog(folder);
    return { log, failed: new Promise(() => {}), verifiedTo: () => 0, close: () => log.close() };
  }
  const before = readMark(folder);
  if (before?.state === 'damaged') verifyAll(folder);
  const isKnown = before?.state === 'sound';
  const environment = await openLogEnvironment(folder, isKnown ? before.transaction : 0);
  const mark = (state: 'open' | 'sound' | 'damaged'): Promise<void> =>
    leaveMark(folder, { state, transaction: newestTransaction(join(folder, dataFileName)) });
  await mark('open');
  const [end = 0] = environment.commits.getKeys({ reverse: true, limit: 1 });
  const watch = new LedgerWatch(folder, end);
  const log = new LmdbEventLog(folder, environment, watch);
  watch.begin(timers, () => mark('sound'));
  const close = async (): Promise<void> => {
    await watch.close();
    await log.close();
    await mark(watch.foundDamage ? 'damaged' : 'sound');
  };
  return { log, failed: watch.failed, verifiedTo: () => watch.verifiedTo, close };
}

/** Throws `log-damaged` at what `audit verify` would find. */
function verifyAll(folder: string): void {
  const verifier = chainVerifier(emptyHead);
  for (const walked of walkLedger(folder)) {
    const damage = walked.status === 'damaged' ? walked.damage : verifier.next(walked.commit);
    if (damage !== null) throw logDamaged(folder, damage);
  }
}
