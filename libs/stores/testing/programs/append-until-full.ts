// Appends until the log cannot be written, says so, waits for a line, and tries the same commit
// again.
import { once } from 'node:events';
import { openLmdbEventLog } from '../../src/log/lmdb/lmdb-event-log.js';
import { commitMaker } from '@oakring/events/testing';

const [folder = ''] = process.argv.slice(2);
const log = await openLmdbEventLog(folder);
const maker = commitMaker(await log.head());
const streams = Array.from({ length: 40 }, (_, index) => `stream-${index}`);
for (;;) {
  const commit = maker.next(streams);
  const outcome = await log.append(commit);
  if (outcome.status === 'appended') maker.keep(commit);
  else break;
}
const refused = maker.next(streams);
const outcomes = [await log.append(refused), await log.append(refused)];
const before = await log.head();
const obstacle = await log.obstacle();
process.stdout.write(`${JSON.stringify({ outcomes, position: before.position, obstacle })}\n`);
await once(process.stdin, 'data');
const then = await log.obstacle();
const after = await log.append(refused);
await log.close();
const { position } = refused;
process.stdout.write(`${JSON.stringify({ outcomes: [after], position, obstacle: then })}\n`);
process.exit(0);
