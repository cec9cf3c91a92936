/** What a person or a program may call a moment by. */
export type Moment =
  | { readonly kind: 'now' }
  /** Of the ledger. */
  | { readonly kind: 'position'; readonly position: number }
  /** Milliseconds since 1970, not before. */
  | { readonly kind: 'time'; readonly timeMs: number };

/** What a clock on a wall shows: month and day from 1. */
export type WallTime = readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
];

/** Where the clock hangs that a time without a zone was read from. */
export interface Zone {
  /** Milliseconds since 1970. */
  timeOf(wall: WallTime): number;
  wallOf(timeMs: number): WallTime;
}

/** Programs': a manager knows of no other. */
export const utc: Zone = {
  timeOf: ([year, month, day, hour, minute, second]) =>
    Date.UTC(year, month - 1, day, hour, minute, second),
  wallOf: (timeMs) => {
    const at = new Date(timeMs);
    const day = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()] as const;
    return [...day, at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  },
};

/** That of whoever sits at this machine. */
export const localZone: Zone = {
  timeOf: ([year, month, day, hour, minute, second]) =>
    new Date(year, month - 1, day, hour, minute, second).getTime(),
  wallOf: (timeMs) => {
    const at = new Date(timeMs);
    const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()] as const;
    return [...day, at.getHours(), at.getMinutes(), at.getSeconds()];
  },
};

/** Completes "<text> is no …": what a moment may be. */
export const momentForms =
  'a position (12), now, a time ago (5m, 1h30m, -5m), a time of day (19:30) or an ISO time (2026-11-23T10:00:00Z)';

const digits = /^\d{1,15}$/;
const timeOfDay = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(Z)?$/;
const dayOnly = /^\d{4}-\d{2}-\d{2}$/;
const isoTime =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/**
 * `now`, a position, a time ago (`5m`, `1h30m`, with or without a minus before it), the last time that
 * a clock in `zone` showed `19:30`, or an ISO 8601 time (of `zone` where it names none; a day alone
 * begins in UTC). Null when it is none of them, or before 1970.
 */
export function momentOf(text: string, nowMs: number, zone: Zone = utc): Moment | null {
  if (text === 'now') return { kind: 'now' };
  if (digits.test(text)) return { kind: 'position', position: Number(text) };
  const timeMs = agoOf(text, nowMs) ?? timeOfDayOf(text, nowMs, zone) ?? isoTimeOf(text, zone);
  return timeMs !== null && timeMs >= 0 ? { kind: 'time', timeMs } : null;
}

function agoOf(text: string, nowMs: number): number | null {
  const agoMs = durationOf(text.startsWith('-') ? text.slice(1) : text);
  return agoMs === null ? null : nowMs - agoMs;
}

const unitsMs = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;
/** Each unit once, the larger ones first. */
const duration = /^(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;

/** Milliseconds of `90s`, `5m`, `1h30m`, `2d`, `1w`; null when it is none. */
export function durationOf(text: string): number | null {
  const match = duration.exec(text);
  if (match === null || text === '') return null;
  const [weeks, days, hours, minutes, seconds] = match
    .slice(1)
    .map((amount) => Number(amount ?? 0));
  const { w, d, h, m, s } = unitsMs;
  return (
    (weeks ?? 0) * w + (days ?? 0) * d + (hours ?? 0) * h + (minutes ?? 0) * m + (seconds ?? 0) * s
  );
}

/** The newest that is not to come: what is asked about lies in the past. */
function timeOfDayOf(text: string, nowMs: number, zone: Zone): number | null {
  const [, hour, minute, second = '0', inUtc] = timeOfDay.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return null;
  const place = inUtc === undefined ? zone : utc;
  const [year, month, day] = place.wallOf(nowMs);
  const onDay = (daysBack: number): number =>
    place.timeOf([year, month, day - daysBack, Number(hour), Number(minute), Number(second)]);
  return onDay(0) <= nowMs ? onDay(0) : onDay(1);
}

/** `Date.parse` takes 30 February for 2 March. */
function isoTimeOf(text: string, zone: Zone): number | null {
  if (dayOnly.test(text)) return isOfCalendar(text) ? Date.parse(text) : null;
  const [, day, hour, minute, second = '0', fraction = '', named] = isoTime.exec(text) ?? [];
  if (day === undefined || !isOfCalendar(day)) return null;
  if (named !== undefined) return Date.parse(text.replace(' ', 'T'));
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const whole = zone.timeOf([year, month, date, Number(hour), Number(minute), Number(second)]);
  return whole + Number(fraction.slice(1, 4).padEnd(3, '0'));
}

function isOfCalendar(day: string): boolean {
  return !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
}

/** As `momentOf`, where a position means nothing; null then as well. */
export function timeOf(text: string, nowMs: number, zone: Zone = utc): number | null {
  const moment = momentOf(text, nowMs, zone);
  switch (moment?.kind) {
    case 'now':
      return nowMs;
    case 'time':
      return moment.timeMs;
    case 'position':
    case undefined:
      return null;
  }
}
