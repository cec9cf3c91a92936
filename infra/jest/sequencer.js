// @ts-check
// The order in which specs run. Those of whole programs wait for most of their time, all others compute:
// both are spread over the whole run, so that what waits always has something beside it that computes. Of
// each kind the longest begin, so that none is left alone at the end.
import { createRequire } from 'node:module';

// Its types and what it exports as a module differ.
const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** Milliseconds of what takes long, for a clone that has run nothing yet: two cores, nobody else there. */
const longest = new Map([
  ['oakestra.e2e', 82_000],
  ['outages.e2e', 55_000],
  ['replica-set.e2e', 50_000],
  ['failover.e2e', 45_000],
  ['promises-1', 40_000],
  ['promises-2', 40_000],
  ['readme.e2e', 40_000],
  ['survival.e2e', 40_000],
]);
/** Of all others. */
const byKind = [
  { ending: /\.e2e\.spec\.ts$/, ms: 20_000 },
  { ending: /\.int\.spec\.ts$/, ms: 1_500 },
  { ending: /\.spec\.ts$/, ms: 300 },
];

/** @typedef {{ path: string, duration?: number }} Test Of Jest's, what is looked at here. */

export default class extends Sequencer {
  /**
   * @param {Test[]} tests
   * @returns {Test[]}
   */
  sort(tests) {
    // Reads how long each took the last time.
    super.sort(tests);
    const computing = tests.filter((test) => !isWaiting(test));
    return [...placed(tests.filter(isWaiting)), ...placed(computing)]
      .toSorted((a, b) => a.after - b.after)
      .map(({ test }) => test);
  }
}

/** @param {Test} test */
function isWaiting({ path }) {
  return path.endsWith('.e2e.spec.ts');
}

/** @param {Test} test */
function msOf({ duration, path }) {
  if (duration !== undefined) return duration;
  const [name = ''] = path.split('/').slice(-1);
  const known = longest.get(name.replace(/\.spec\.ts$/, ''));
  return known ?? byKind.find(({ ending }) => ending.test(path))?.ms ?? 0;
}

/**
 * Each with the part of all their time that is over when it begins, the longest first.
 *
 * @param {Test[]} tests
 */
function placed(tests) {
  const allMs = tests.reduce((sum, test) => sum + msOf(test), 0);
  let spentMs = 0;
  return tests
    .toSorted((a, b) => msOf(b) - msOf(a))
    .map((test) => {
      const after = spentMs / Math.max(1, allMs);
      spentMs += msOf(test);
      return { test, after };
    });
}
