// Appends to the ledger in a folder as fast as it can and prints each acknowledged position and
// hash.
import { writeSync } from 'node:fs';
import { openLmdbEventLog } from '../../src/log/lmdb/lmdb-event-log.js';
import { commitMaker } from '@oakring/events/testing';

const [folder = '', round = ''] = process.argv.slice(2);
const log = await openLmdbEventLog(folder);
const maker = commitMaker(await log.head());
for (let count = 0; ; count += 1) {
  // Commits of many sizes, each round in streams of its own, so that their versions begin at 1.
  const streams = Array.from({ length: 1 + (count % 40) }, (_, index) => `${round}-${index % 7}`);
  const commit = maker.next(streams);
  const { status } = await log.append(commit);
  if (status !== 'appended') throw new Error(status);
  maker.keep(commit);
  // Straight to the pipe: what was acknowledged must be known whenever the kill comes.
  writeSync(1, `${commit.position} ${commit.hash}\n`);
}
