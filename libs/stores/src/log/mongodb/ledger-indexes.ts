import type { Collection } from 'mongodb';
import type { CommitDocument } from './commit-document.js';

const unusedIndex = 'commands';

/**
 * Exactly those that a read of ours uses: each is paid for with every commit. On a slow disk making
 * them takes longer than an answer may; it goes on there, and whoever opens the store asks again.
 */
export async function makeIndexes(commits: Collection<CommitDocument>): Promise<void> {
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
