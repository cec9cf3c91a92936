import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { expectPromisesKept } from './testing/expect-promises-kept.js';

describe('A simulated cluster under faults', () => {
  it('keeps every promise (seeds 101 to 200)', () => expectPromisesKept(101, 100), 240_000);
});
