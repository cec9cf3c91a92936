import { cutText, OakringError } from '@oakring/contracts';
import type { EventLogReader } from '@oakring/stores';
import type { Clock } from '@oakring/ports';

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const ago = /^-(\d{1,9})([smhd])$/;
const digits = /^\d{1,15}$/;
const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * The position that a text names: a position, an ISO 8601 time with its zone (the state after the
 * last commit not later than it), or a time ago such as `-15m`. Times are the leader's, as commits
 * carry them. Throws `moment-invalid`, naming `field`.
 */
export async function positionOf(
  text: string,
  field: string,
  { log, clock }: { readonly log: EventLogReader; readonly clock: Clock },
): Promise<number> {
  const { position: head } = await log.head();
  if (digits.test(text)) {
    const position = Number(text);
    if (position >= 1 && position <= head) return position;
    throw invalid(field, text, `the log has positions 1 to ${head}`);
  }
  const timeMs = timeOf(text, clock);
  if (timeMs === null) {
    throw invalid(field, text, 'neither a position, nor a time like 2026-11-23T10:00:00Z or -15m');
  }
  const position = await lastNotAfter(timeMs, head, log);
  if (position === 0) throw invalid(field, text, 'before the first commit');
  return position;
}

/** Milliseconds since 1970 of an ISO 8601 time or a time ago, not before; null when it is neither. */
export function timeOf(text: string, clock: Clock): number | null {
  const [, amount, unit] = ago.exec(text) ?? [];
  const isAgo =
    amount !== undefined && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd');
  const timeMs = isAgo ? clock.wallMs() - Number(amount) * unitsMs[unit] : isoTimeOf(text);
  return timeMs >= 0 ? timeMs : null;
}

/** NaN where it is none: `Date.parse` takes 30 February for 2 March. */
function isoTimeOf(text: string): number {
  const day = text.slice(0, 10);
  if (!isoTime.test(text) || Number.isNaN(Date.parse(day))) return Number.NaN;
  return new Date(day).toISOString().startsWith(day) ? Date.parse(text) : Number.NaN;
}

/** Commit times never fall: a search by halves reads log₂ n commits. */
async function lastNotAfter(timeMs: number, head: number, log: EventLogReader): Promise<number> {
  let low = 0;
  let high = head;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [commit] = await log.read({ from: middle, limit: 1 });
    if (commit !== undefined && commit.at <= timeMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

function invalid(field: string, text: string, problem: string): OakringError {
  const detail = `${field} is ${JSON.stringify(cutText(text, 64))}: ${problem}.`;
  return new OakringError({ code: 'moment-invalid', detail, field, value: cutText(text, 64) });
}
