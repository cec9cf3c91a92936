import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationOf, localZone, momentOf, timeOf, utc, type Zone } from './moment.js';

const nowMs = Date.parse('2026-11-28T12:00:00Z');
/** Two hours ahead of UTC, all year. */
const east: Zone = {
  timeOf: (wall) => utc.timeOf(wall) - 7_200_000,
  wallOf: (timeMs) => utc.wallOf(timeMs + 7_200_000),
};

describe('A moment in the past', () => {
  it.each([
    ['now', '2026-11-28T12:00:00.000Z'],
    ['2026-11-28', '2026-11-28T00:00:00.000Z'],
    ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00.000Z'],
    ['2026-11-28T12:00+02:00', '2026-11-28T10:00:00.000Z'],
    ['2026-11-28 12:00:01.5Z', '2026-11-28T12:00:01.500Z'],
    ['-15m', '2026-11-28T11:45:00.000Z'],
    ['15m', '2026-11-28T11:45:00.000Z'],
    ['1h30m', '2026-11-28T10:30:00.000Z'],
    ['-20000d', '1972-02-25T12:00:00.000Z'],
  ])('is now, a day, a time or a time ago (%s)', (text, time) => {
    expect(timeOf(text, nowMs)).toBe(Date.parse(time));
  });

  it.each([
    ...['2026-02-30', '2026-02-29T10:00:00Z', '2026-04-31T23:00:00-05:00', '2026-13-01'],
    ...['2026-11-28T25:00:00Z', '2026-00-10', '1969-12-31', '-200000000d', '-999999999d', 'then'],
    ...['', '-', '--5m', '5', '30m1h', '24:00', '7:30', '19:60', '+5m', '5 m'],
  ])('is not %j: no calendar has it, or nothing of ours is that old', (text) => {
    expect(timeOf(text, nowMs)).toBeNull();
  });

  it('may be a position of the ledger, which is no time', () => {
    expect(momentOf('12', nowMs)).toEqual({ kind: 'position', position: 12 });
    expect(momentOf('1930', nowMs)).toEqual({ kind: 'position', position: 1930 });
  });

  it.each([
    ['11:59', '2026-11-28T09:59:00.000Z'],
    ['14:00', '2026-11-28T12:00:00.000Z'],
    ['14:00:01', '2026-11-27T12:00:01.000Z'],
    ['23:30', '2026-11-27T21:30:00.000Z'],
    ['11:59Z', '2026-11-28T11:59:00.000Z'],
    ['2026-11-28T12:00', '2026-11-28T10:00:00.000Z'],
    ['2026-11-28 12:00:00.25', '2026-11-28T10:00:00.250Z'],
  ])('is what the clock of its zone showed last, where it names no other (%s)', (text, time) => {
    expect(new Date(timeOf(text, nowMs, east) ?? Number.NaN).toISOString()).toBe(time);
  });
});

const numRuns = 300;
const seed = 15;
const times = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) });
const pad = (value: number): string => String(value).padStart(2, '0');

describe('Every', () => {
  it.each([
    ['UTC', utc],
    ['a zone ahead of it', east],
    ['the zone of this machine', localZone],
  ])('time of day is one that its clock showed within the last day or so: %s', (_, zone) => {
    const parts = [fc.nat(23), fc.nat(59), fc.nat(59)] as const;
    fc.assert(
      fc.property(times, ...parts, (now, hour, minute, second) => {
        const at = timeOf(`${pad(hour)}:${pad(minute)}:${pad(second)}`, now, zone) ?? Number.NaN;
        expect(at).toBeLessThanOrEqual(now);
        // A day has 25 hours where clocks are set back.
        expect(now - at).toBeLessThan(25 * 3_600_000 + 3_600_000);
      }),
      { numRuns, seed },
    );
  });

  it('time, written in ISO with any zone, is that time', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: -14 * 60, max: 14 * 60 }), (timeMs, offset) => {
        const shifted = new Date(timeMs + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes)}`;
        expect(timeOf(shifted + zone, nowMs)).toBe(timeMs);
        expect(timeOf(new Date(timeMs).toISOString(), nowMs)).toBe(timeMs);
      }),
      { numRuns, seed },
    );
  });

  const part = fc.option(fc.nat(500), { nil: null });
  it('duration is the sum of its parts, ago with or without a minus', () => {
    const units = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 };
    const amounts = fc.record({ w: part, d: part, h: part, m: part, s: part });
    fc.assert(
      fc.property(amounts, (given) => {
        const parts = Object.entries(given).filter(([, amount]) => amount !== null);
        fc.pre(parts.length > 0);
        const text = parts.map(([unit, amount]) => `${amount}${unit}`).join('');
        const sum = Object.entries(units).reduce(
          (all, [unit, seconds]) => all + (given[unit as keyof typeof given] ?? 0) * seconds,
          0,
        );
        expect(durationOf(text)).toBe(sum * 1_000);
        expect(momentOf(text, nowMs)).toEqual(momentOf(`-${text}`, nowMs));
      }),
      { numRuns, seed },
    );
  });

  it('text at all is a moment or none, and never before 1970', () => {
    const signs = fc.constantFrom(...Array.from('0123456789-:TZwdhms. +now'));
    const texts = fc.oneof(
      fc.string(),
      fc.array(signs, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const moment = momentOf(text, nowMs);
        if (moment?.kind === 'time') expect(moment.timeMs).toBeGreaterThanOrEqual(0);
      }),
      { numRuns, seed },
    );
  });
});
