const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const ago = /^-(\d{1,9})([smhd])$/;
const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Milliseconds since 1970 of an ISO 8601 time or a time ago such as `-15m`, not before; null when it is neither. */
export function timeOf(text: string, nowMs: number): number | null {
  const [, amount, unit] = ago.exec(text) ?? [];
  const isAgo =
    amount !== undefined && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd');
  const timeMs = isAgo ? nowMs - Number(amount) * unitsMs[unit] : isoTimeOf(text);
  return timeMs >= 0 ? timeMs : null;
}

/** NaN where it is none: `Date.parse` takes 30 February for 2 March. */
function isoTimeOf(text: string): number {
  const day = text.slice(0, 10);
  if (!isoTime.test(text) || Number.isNaN(Date.parse(day))) return Number.NaN;
  return new Date(day).toISOString().startsWith(day) ? Date.parse(text) : Number.NaN;
}
