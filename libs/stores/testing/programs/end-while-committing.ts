// Appends to a ledger without end, and ends while a commit is in flight, in the way that is named.
import { open } from 'lmdb';
import { endAtUncaughtErrors, endNow, endWithin, exitNeverWaitsFor } from '@oakring/ports';

const [folder = '', way = ''] = process.argv.slice(2);
endAtUncaughtErrors();
const root = open({ path: folder, overlappingSync: false, eventTurnBatching: false });
if (way === 'deadline') endWithin(100);
for (let count = 0; ; count += 1) {
  const work = (): void => {
    void root.put(count, way);
    // Here lmdb's thread waits for us: `process.exit` would wait for that thread, for ever.
    if (count < 20) return;
    if (way === 'now') endNow();
    if (way === 'uncaught') process.emit('uncaughtException', new Error('nobody caught this'));
    if (way === 'exit') process.exit(0);
    for (;;);
  };
  // As our stores do it.
  await exitNeverWaitsFor(() => root.childTransaction(work));
}
