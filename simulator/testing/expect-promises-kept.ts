import { expect } from '@jest/globals';
import { verdictsOf } from './verdicts.js';

export async function expectPromisesKept(from: number, seeds: number): Promise<void> {
  const verdicts = await verdictsOf([`--from=${from}`, `--seeds=${seeds}`]);
  expect(verdicts).toHaveLength(seeds);
  expect(verdicts.flatMap(({ violation }) => violation ?? [])).toEqual([]);
}
