import { describe, expect, it } from '@jest/globals';
import { resourceCatalogue } from '@oakring/contracts';
import { filtersOf } from './filters/list.js';
import { policy } from './policies.js';
import { ratingOf, scores } from './scores/list.js';

describe('The policy that a decision names', () => {
  it('stands for these filters, in this order, and these scores: raise it with them', () => {
    expect({
      policy,
      filters: filtersOf(resourceCatalogue).map(({ name }) => name),
      scores: Object.entries(scores).map(([name, { weight }]) => `${name} × ${weight}`),
    }).toEqual({
      policy: 'least-allocated-spread/4',
      filters: [
        ...['excluded', 'status', 'closed', 'disk', 'technology', 'features', 'stop-enforced'],
        ...['architecture', 'labels', 'addons', 'drivers', 'geo', 'direct', 'host', 'ports'],
        ...[
          'size-cpu',
          'size-memory',
          'size-gpu',
          'capacity-cpu',
          'capacity-memory',
          'capacity-gpu',
        ],
      ],
      scores: ['leastAllocated × 2', 'balance × 1', 'spread × 2'],
    });
  });

  it('rates by each score of the list, and in total by their weighted mean', () => {
    const node = { average: 71, least: 40, most: 93, present: 2 };
    const rated = Object.entries(scores).map(([name, score]) => [name, score.rate(node)] as const);
    const parts = Object.values(scores).map((score) => score.weight * score.rate(node));
    const weight = Object.values(scores).reduce((sum, score) => sum + score.weight, 0);
    expect(ratingOf(node)).toEqual({
      total: Math.floor(parts.reduce((sum, part) => sum + part, 0) / weight),
      scores: Object.fromEntries(rated),
    });
  });
});
