import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutText, endOfText } from './text.js';

const texts = fc.string({ unit: 'binary', maxLength: 20 });
const lengths = fc.integer({ min: 1, max: 25 });

describe('a text that is cut', () => {
  it('is never cut through a character', () => {
    expect(cutText('ab😀', 3)).toBe('ab');
    expect(cutText('ab😀', 4)).toBe('ab😀');
    expect(endOfText('😀ab', 3)).toBe('ab');
    expect(endOfText('😀ab', 4)).toBe('😀ab');
  });

  it('has U+FFFD where half a character came in', () => {
    expect(cutText('a\ud83d', 9)).toBe('a\ufffd');
    expect(endOfText('\ude00a', 9)).toBe('\ufffda');
  });

  it('is its beginning or end, as long as can be', () => {
    fc.assert(
      fc.property(texts, lengths, (text, most) => {
        const [first, last] = [cutText(text, most), endOfText(text, most)];
        expect(text.startsWith(first) && text.endsWith(last)).toBe(true);
        for (const cut of [first, last]) {
          expect(cut.isWellFormed()).toBe(true);
          expect(cut.length).toBeLessThanOrEqual(most);
          expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, most - 1));
        }
      }),
      { seed: 20261129 },
    );
  });
});
