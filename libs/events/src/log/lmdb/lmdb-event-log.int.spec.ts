import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventLog } from '../event-log.contract.js';
import { openLmdbEventLog } from './lmdb-event-log.js';

describeEventLog('The lmdb log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-log-'));
  return {
    open: () => openLmdbEventLog(folder),
    reopen: () => openLmdbEventLog(folder),
    cleanUp: async () => rmSync(folder, { recursive: true }),
  };
});
