import { beforeEach, describe, expect, it } from '@jest/globals';
import { GrantedFilters } from './granted-filters.js';

describe('the subscriptions of workers', () => {
  let closed: string[];
  let filters: GrantedFilters<string>;

  beforeEach(() => {
    closed = [];
    filters = new GrantedFilters((connection) => closed.push(connection));
  });

  function subscribe(connection: string, count: number): number {
    let granted = 0;
    for (let number = 0; number < count; number += 1) {
      if (filters.grant(connection, `nodes/${number}/controls`)) granted += 1;
    }
    return granted;
  }

  it('are 64 at most on one connection, however many it asks for', () => {
    expect(subscribe('greedy', 1_000_000)).toBe(64);
    expect(filters.total).toBe(64);
  });

  it('count once when they are repeated, and no more when they are given up', () => {
    subscribe('worker', 5);
    subscribe('worker', 5);
    expect(filters.total).toBe(5);
    filters.unsubscribed('worker', 'nodes/0/controls');
    filters.unsubscribed('worker', 'nodes/never/controls');
    expect(filters.total).toBe(4);
    filters.gone('worker');
    expect(filters.total).toBe(0);
  });

  it('find room for a worker when strangers took it all: whoever has most is closed', () => {
    for (let stranger = 0; stranger < 3_906; stranger += 1) subscribe(`s${stranger}`, 64);
    subscribe('last', 16);
    expect(filters.total).toBe(250_000);
    expect(subscribe('worker', 5)).toBe(5);
    expect(closed).toHaveLength(1);
    expect(filters.total).toBeLessThanOrEqual(250_000);
  });

  it('are refused to whoever has most', () => {
    for (let worker = 0; worker < 5_000; worker += 1) subscribe(`w${worker}`, 50);
    expect(subscribe('greedy', 64)).toBe(50);
    expect(closed).toHaveLength(1);
    expect(filters.total).toBe(250_000);
  });
});
