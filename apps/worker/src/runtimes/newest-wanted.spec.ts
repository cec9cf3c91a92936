import { describe, expect, it } from '@jest/globals';
import { newestWanted } from './newest-wanted.js';

describe('What is wanted again and again', () => {
  it('is done one at a time: the first, and the newest of what was wanted meanwhile', async () => {
    const begun: number[] = [];
    let finish = (): void => {};
    const want = newestWanted(({ columns }: { readonly columns: number }) => {
      begun.push(columns);
      return new Promise((resolve) => (finish = resolve));
    });
    for (let columns = 1; columns <= 100; columns += 1) want({ columns });
    expect(begun).toEqual([1]);
    finish();
    await new Promise(setImmediate);
    expect(begun).toEqual([1, 100]);
    finish();
    await new Promise(setImmediate);
    want({ columns: 7 });
    expect(begun).toEqual([1, 100, 7]);
  });
});
