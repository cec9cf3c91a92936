import { describe, expect, it } from '@jest/globals';
import { timeOf } from './moment.js';

const nowMs = Date.parse('2026-11-28T12:00:00Z');

describe('A moment in the past', () => {
  it.each([
    ['2026-11-28', '2026-11-28T00:00:00.000Z'],
    ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00.000Z'],
    ['2026-11-28T12:00+02:00', '2026-11-28T10:00:00.000Z'],
    ['-15m', '2026-11-28T11:45:00.000Z'],
    ['-20000d', '1972-02-25T12:00:00.000Z'],
  ])('is a day, a time or a time ago (%s)', (text, time) => {
    expect(timeOf(text, nowMs)).toBe(Date.parse(time));
  });

  it.each([
    ...['2026-02-30', '2026-02-29T10:00:00Z', '2026-04-31T23:00:00-05:00', '2026-13-01'],
    ...['2026-11-28T25:00:00Z', '2026-00-10', '1969-12-31', '-200000000d', '-999999999d', 'then'],
  ])('is not %s: no calendar has it, or nothing of ours is that old', (text) => {
    expect(timeOf(text, nowMs)).toBeNull();
  });
});
