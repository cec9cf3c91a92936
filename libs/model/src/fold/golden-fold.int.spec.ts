import { describe, expect, it } from '@jest/globals';
import { foldedBefore, foldedHistory } from '../../testing/golden.js';

describe('What the folds make of the golden history', () => {
  const { foldVersion, views } = foldedHistory();
  const before = foldedBefore();

  it('is of the present foldVersion (when that was raised, npm run golden writes it anew)', () => {
    expect(before.foldVersion).toBe(foldVersion);
  });

  it('is what it was when foldVersion was raised last (raise it in records.ts when it changed)', () => {
    expect(views).toEqual(before.views);
  });

  it('has something in every view', () => {
    const empty = Object.entries(before.views as Record<string, object>)
      .filter(([, records]) => Object.keys(records).length === 0)
      .map(([name]) => name);
    expect(empty).toEqual([]);
  });
});
