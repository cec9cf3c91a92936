import { describe, expect, it } from '@jest/globals';
import { SaidOnce } from './said-once.js';

describe('What was printed before a failure', () => {
  it('is in one state, and not in the next ones that something else makes', () => {
    const said = new SaidOnce();
    const crashed = { job: 'a', lastLines: ['one'] };
    const quiet = { job: 'b', lastLines: [] };
    expect(said.without([crashed, quiet])).toEqual([crashed, quiet]);
    said.note([crashed, quiet]);
    const other = { job: 'c', lastLines: ['one'] };
    expect(said.without([crashed, quiet, other])).toEqual([
      { job: 'a', lastLines: [] },
      quiet,
      other,
    ]);
  });
});
