import { describe, expect, it } from '@jest/globals';
import { resourceCatalogue } from '@oakring/contracts';
import { filtersOf, policy } from './filters/list.js';
import { scores } from './scores/list.js';

describe('The policy that a decision names', () => {
  it('stands for these filters, in this order, and these scores: raise it with them', () => {
    expect({
      policy,
      filters: filtersOf(resourceCatalogue).map(({ name }) => name),
      scores: scores.map(({ name, weight }) => `${name} × ${weight}`),
    }).toEqual({
      policy: 'least-allocated-spread/1',
      filters: [
        ...['excluded', 'status', 'closed', 'technology', 'stop-enforced', 'architecture'],
        ...['labels', 'direct', 'capacity-cpu', 'capacity-memory'],
      ],
      scores: ['leastAllocated × 2', 'balance × 1', 'spread × 2'],
    });
  });
});
