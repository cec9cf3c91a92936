import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { expectPromisesKept } from './testing/expect-promises-kept.js';

describe('A simulated cluster under faults', () => {
  it('keeps every promise (seeds 51 to 100)', () => expectPromisesKept(51, 50), 600_000);
});
