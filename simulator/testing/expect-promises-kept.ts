import { expect } from '@jest/globals';
import { verdictsOf } from './verdicts.js';

/** Of each half of the seeds from 1 on; `OAKRING_RUNS=<seeds>` for more of them. */
const runs = Number(process.env['OAKRING_RUNS'] ?? '20');

/** Two halves, so that two cores share the seeds. */
export async function expectPromisesKept(half: 0 | 1): Promise<void> {
  const verdicts = await verdictsOf([`--from=${half * runs + 1}`, `--seeds=${runs}`]);
  expect(verdicts).toHaveLength(runs);
  expect(verdicts.flatMap(({ violation }) => violation ?? [])).toEqual([]);
}
