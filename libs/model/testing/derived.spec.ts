import { describe, expect, it } from '@jest/globals';
import { ClusterState } from '../src/cluster-state.js';
import { derivedDifferences } from './derived.js';

describe('What a state derives', () => {
  it('is compared with a copy, a checkpoint and the fold, member by member', () => {
    const state = new ClusterState(false);
    expect(derivedDifferences(state, new ClusterState(false))).toEqual([]);
    state.placementsOfNode.add('a', 'j/0/1');
    expect(derivedDifferences(state, new ClusterState(false))).toEqual([
      expect.stringMatching(/^placementsOfNode: .* by a copy$/),
      expect.stringMatching(/^placementsOfNode: .* by a checkpoint$/),
      expect.stringMatching(/^placementsOfNode: .* by the fold$/),
    ]);
  });

  it('cannot be forgotten: a member of another kind is named', () => {
    const state = Object.assign(new ClusterState(false), { newest: new Map([['a', 1]]) });
    expect(() => derivedDifferences(state)).toThrow(/ClusterState\.newest is neither a table/);
  });
});
