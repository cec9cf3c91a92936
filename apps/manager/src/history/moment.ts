import { cutText, OakringError, timeOf } from '@oakring/contracts';
import type { EventLogReader } from '@oakring/stores';
import type { Clock } from '@oakring/ports';

const digits = /^\d{1,15}$/;

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
  const timeMs = timeOf(text, clock.wallMs());
  if (timeMs === null) {
    throw invalid(field, text, 'neither a position, nor a time like 2026-11-23T10:00:00Z or -15m');
  }
  const position = await lastNotAfter(timeMs, head, log);
  if (position === 0) throw invalid(field, text, 'before the first commit');
  return position;
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
