import { describe, expect, it } from '@jest/globals';
import { safeText } from './safe-text.js';
import { colorsOf } from './terminal.js';

describe('A text for a terminal', () => {
  it('has its lines, tabs and colours', () => {
    const { red, bold } = colorsOf(true);
    const text = `${red(bold('gone'))}\n\tnode`;
    expect(safeText(text)).toBe(text);
  });

  it.each([
    ['a cleared screen', '\u001B[2J', '\\u001b[2J'],
    ['the same in one sign', '\u009B2J', '\\u009b2J'],
    ['a title', '\u001B]0;x\u0007', '\\u001b]0;x\\u0007'],
    ['a line over another', 'a\rb', 'a\\u000db'],
    ['a colour of a kind that is none of ours', '\u001B[38;5;1m', '\\u001b[38;5;1m'],
  ])('shows %s, and does not obey', (_what, text, shown) => {
    expect(safeText(text)).toBe(shown);
    expect(JSON.parse(`"${safeText(text)}"`)).toBe(text);
  });
});
