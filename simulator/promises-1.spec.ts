import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { expectPromisesKept } from './testing/expect-promises-kept.js';

describe('A simulated cluster under faults', () => {
  it('keeps every promise (the first half of the seeds)', () => expectPromisesKept(0), 600_000);
});
