import { describe, expect, it } from '@jest/globals';
import { colorsOf } from '../terminal.js';
import { eventLine } from '../testing/answers.js';
import { createStoryTeller } from './story-lines.js';

const tell = createStoryTeller(colorsOf(false));

describe('the story of the demo', () => {
  it('tells a line for each placement of a decision, with its reason', () => {
    const placements = [
      { instance: 0, nodeId: 'edge-berlin', reason: 'most room' },
      { instance: 1, nodeId: 'edge-lisbon', reason: 'none of it yet' },
    ];
    expect(tell(eventLine(5, 0, 'InstancesPlaced', { placements }))).toEqual([
      '  hello           #0 → edge-berlin because: most room',
      '  hello           #1 → edge-lisbon because: none of it yet',
    ]);
  });

  it('leaves out what a first look does not need', () => {
    expect(tell(eventLine(6, 0, 'CommandReceived', { commandId: '5-1' }))).toEqual([]);
  });

  it('tells what goes wrong', () => {
    expect(tell(eventLine(6, 0, 'MoveRefused', { code: 'no-target', detail: 'None.' }))).toEqual([
      '  hello           not moved: None.',
    ]);
  });
});
