import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { expectPromisesKept } from './testing/expect-promises-kept.js';

// Two files, so that two cores share the seeds.
describe('A simulated cluster under faults', () => {
  it('keeps every promise (seeds 1 to 50)', () => expectPromisesKept(1, 50), 600_000);
});
