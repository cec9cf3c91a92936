import { describe, expect, it } from '@jest/globals';
import { decodeStoredCommit, emptyHead, LogDamaged, schemaVersion } from '@oakring/events';
import { commitMaker, commitOfNextRelease, textOfNextFormat } from '@oakring/events/testing';
import { ClusterState } from './cluster-state.js';
import { foldCommits } from './replay.js';

describe('What a later release appended to a log', () => {
  it('is refused by its schema version, and what stands before it is folded', () => {
    const maker = commitMaker(emptyHead);
    const known = maker.next(['nodes/a']);
    maker.keep(known);
    const state = new ClusterState(false);
    const fold = () => foldCommits(state, [known, commitOfNextRelease(maker.head)], 'a folder');
    expect(fold).toThrow(
      expect.objectContaining({
        code: 'ledger-newer',
        message:
          'The event log in a folder was written by a newer release than this one at position 2: ' +
          `NodeBecameWise has schema version ${schemaVersion + 1}; known are 1 to ${schemaVersion}.`,
      }),
    );
    expect(state.head.position).toBe(1);
  });

  it('is refused by its format', () => {
    const decoded = decodeStoredCommit(textOfNextFormat(emptyHead), 1);
    if (decoded.status !== 'damaged') throw new Error('it was read');
    expect(new LogDamaged('a folder', decoded.damage)).toMatchObject({
      code: 'ledger-newer',
      message: expect.stringContaining('it is of format 3; known are 1 to 2.'),
    });
  });
});
