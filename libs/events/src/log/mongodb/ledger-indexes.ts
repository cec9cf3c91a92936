import type { Timers } from '@oakring/ports';
import type { Collection } from 'mongodb';
import { isStoreAway } from '../../mongodb/mongo-errors.js';
import type { CommitDocument } from './commit-document.js';

const unusedIndex = 'commands';
const tryAgainAfterMs = 1_000;
/** With 2 s for each and 1 s between them: a minute and a half. */
const maxTries = 30;

/** On a slow disk it takes longer than an answer may: it goes on there, and is asked about again. */
export async function makeIndexes(
  commits: Collection<CommitDocument>,
  timers: Timers,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await askForIndexes(commits);
    } catch (error) {
      if (tries === maxTries || !isStoreAway(error)) throw error;
      await timers.sleep(tryAgainAfterMs);
    }
  }
}

/** Exactly those that a read of ours uses: each is paid for with every commit. */
async function askForIndexes(commits: Collection<CommitDocument>): Promise<void> {
  await commits.createIndexes([{ key: { streams: 1, _id: -1 }, name: 'streams' }]);
  // An earlier release made it, and nothing ever asked by it.
  const found = await commits.indexes();
  if (!found.some(({ name }) => name === unusedIndex)) return;
  await commits.dropIndex(unusedIndex).catch(async (error: unknown) => {
    // Another manager that starts now may have been quicker.
    const left = await commits.indexes();
    if (left.some(({ name }) => name === unusedIndex)) throw error;
  });
}
