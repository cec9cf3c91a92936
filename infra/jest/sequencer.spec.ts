import { describe, expect, it } from '@jest/globals';
import Sequencer from './sequencer.js';

/** The order in which these run where none has run before. */
function order(paths: readonly string[]): string[] {
  const context = { config: { cache: false }, hasteFS: { getSize: () => 1 } };
  const specs = paths.map((path) => ({ path: `/here/${path}`, context }));
  const sorted = new Sequencer().sort(specs);
  return sorted.map(({ path }) => path.replace('/here/', ''));
}

const computing = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `libs/${name}.int.spec.ts`);

describe('The order of specs', () => {
  it('has those that wait beside those that compute, for as long as it lasts', () => {
    const sorted = order([...computing, 'test/up.e2e.spec.ts', 'test/loop.e2e.spec.ts']);
    const waiting = sorted.flatMap((path, at) => (path.endsWith('.e2e.spec.ts') ? [at] : []));
    expect(waiting).toEqual([0, 4]);
    expect(sorted.toSorted()).toEqual(
      [...computing, 'test/loop.e2e.spec.ts', 'test/up.e2e.spec.ts'].toSorted(),
    );
  });

  it('begins with the longest, so that none of them ends alone', () => {
    const long = ['simulator/promises-1.spec.ts', 'test/oakestra.e2e.spec.ts'];
    const sorted = order(['libs/x.spec.ts', ...computing, 'test/up.e2e.spec.ts', ...long]);
    expect(sorted.slice(0, 2).toSorted()).toEqual(long);
    expect(sorted.at(-1)).toBe('libs/x.spec.ts');
  });
});
