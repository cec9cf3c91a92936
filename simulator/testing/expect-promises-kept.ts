import { expect } from '@jest/globals';
import { verdictsOf } from './verdicts.js';

/** Of each half of the seeds from 1 on; the gate has more (.ci/run), and so has `OAKRING_RUNS=<seeds>`. */
const runs = Number(process.env['OAKRING_RUNS'] ?? '8');

/** Two halves, so that two cores share the seeds. */
export async function expectPromisesKept(half: 0 | 1): Promise<void> {
  const range = [`--from=${half * runs + 1}`, `--seeds=${runs}`];
  const verdicts = await verdictsOf([...range, '--managers=drawn']);
  expect(verdicts).toHaveLength(runs);
  // Where nobody ever takes over there is nothing to be proved of that.
  const taken = verdicts.filter(({ managers, epochs }) => managers > 1 && epochs > 1);
  expect(taken.length).toBeGreaterThan(0);
  expect(verdicts.flatMap(({ violation }) => violation ?? [])).toEqual([]);
}
