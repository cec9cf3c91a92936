import { describe, expect, it } from '@jest/globals';
import { emptyHead, hashCommit, headOf, type Commit } from './commit.js';
import { commitMaker } from '../../testing/sample-commits.js';
import { verifyChain } from './verify-chain.js';

const maker = commitMaker(emptyHead);
const commits = [['a'], ['b', 'a'], ['a', 'a'], ['c']].map((streams) => {
  const commit = maker.next(streams);
  maker.keep(commit);
  return commit;
});

/** The log with one commit changed, and its hash made to fit again. */
function forged(index: number, changes: Partial<Commit>): Commit[] {
  return commits.map((commit, at) => {
    if (at !== index) return commit;
    const changed = { ...commit, ...changes };
    return { ...changed, hash: hashCommit(changed) };
  });
}

describe('The chain of commits', () => {
  it('is intact as it was written, and ends at its last commit', () => {
    expect(verifyChain(commits, emptyHead)).toEqual({ status: 'intact', head: maker.head });
  });

  it('is intact from any point on, and when there is nothing', () => {
    const [first] = commits;
    const head = first === undefined ? emptyHead : headOf(first);
    expect(verifyChain(commits.slice(1), head)).toEqual({ status: 'intact', head: maker.head });
    expect(verifyChain([], head)).toEqual({ status: 'intact', head });
  });

  it.each([
    ['a commit is missing', commits.toSpliced(1, 1), 3, 'gap'],
    ['two are exchanged', [commits[1], commits[0]].filter((c) => c !== undefined), 2, 'gap'],
    ['a hash is another', commits.with(1, { ...at(1), hash: 'f'.repeat(64) }), 2, 'hash'],
    ['a field was changed', commits.with(1, { ...at(1), commitId: 'other' }), 2, 'hash'],
    ['a commit was forged', forged(1, { commitId: 'other' }), 3, 'chain'],
    ['the first does not begin the chain', forged(0, { prev: 'f'.repeat(64) }), 1, 'chain'],
    ['the epoch falls', forged(1, { epoch: 0 }), 2, 'epoch'],
    ['time falls', forged(1, { at: 0 }), 2, 'time'],
    ['the format falls', forged(2, { format: 1 }), 3, 'format'],
    [
      'an event does not say who',
      forged(3, { events: at(3).events.replace('"by"', '"of"') }),
      4,
      'events',
    ],
    ['events are not JSON', forged(3, { events: '[{' }), 4, 'events'],
    ['events are not events', forged(3, { events: '[{"stream":"c"}]' }), 4, 'events'],
    ['streams names another', forged(3, { streams: ['d'] }), 4, 'events'],
    ['streams names one too many', forged(3, { streams: ['c', 'd'] }), 4, 'events'],
    [
      'a stream skips a version',
      forged(2, { events: at(2).events.replace('"version":3', '"version":4') }),
      3,
      'events',
    ],
    [
      'a stream does not begin at version 1',
      forged(3, { events: at(3).events.replace('"version":1', '"version":2') }),
      4,
      'events',
    ],
  ])('is damaged when %s, and says where', (_what, log, position, kind) => {
    expect(verifyChain(log, emptyHead)).toMatchObject({
      status: 'damaged',
      damage: { position, kind },
    });
  });
});

function at(index: number): Commit {
  const commit = commits[index];
  if (commit === undefined) throw new Error(`there is no commit with index ${index}`);
  return commit;
}
