import { describe, expect, it } from '@jest/globals';
import { running } from '../testing/given.js';
import { presentNodes } from './present-nodes.js';

describe('how many instances of a job each node has', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'edge-1'])(
    'is counted on a node called %s',
    (nodeId) => {
      const { state } = running({}, nodeId, nodeId);
      expect(Object.entries(presentNodes(state, 'j'))).toEqual([[nodeId, 2]]);
      expect(JSON.stringify(presentNodes(state, 'j'))).toBe(`{"${nodeId}":2}`);
    },
  );

  it('leaves out the instance that is asked another place for', () => {
    const { state } = running({}, 'constructor', 'b');
    expect(presentNodes(state, 'j', 1)).toEqual({ constructor: 1 });
  });
});
