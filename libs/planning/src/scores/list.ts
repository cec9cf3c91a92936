import { balance } from './balance.js';
import { leastAllocated } from './least-allocated.js';
import type { Score } from './score.js';
import { spread } from './spread.js';

export const scores: readonly Score[] = [leastAllocated, balance, spread];
