import { describe, expect, it } from '@jest/globals';
import { environmentText } from './guest-files.js';

describe('The environment of a guest', () => {
  it('is a line for each variable', () => {
    expect(environmentText({ A: '1', B: 'x=y' })).toBe('A=1\nB=x=y\n');
  });

  it('has no variable that a value brought along, and no refusal shows the value', () => {
    const asking = (): string => environmentText({ A: 'hunter2\nB=1' });
    expect(asking).toThrow(/value of A has a line feed.*Base64/);
    expect(asking).not.toThrow(/hunter2/);
  });
});
