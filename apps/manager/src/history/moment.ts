import { cutText, momentForms, momentOf, OakringError, type Moment } from '@oakring/contracts';
import type { EventLogReader } from '@oakring/stores';
import type { Clock } from '@oakring/ports';

type History = { readonly log: EventLogReader; readonly clock: Clock };

/**
 * The position that a text names (`momentOf`): of a time, the state after the last commit not later than
 * it. Times are the leader's, as commits carry them. Throws `moment-invalid`, naming `field`.
 */
export async function positionOf(
  text: string,
  field: string,
  { log, clock }: History,
): Promise<number> {
  const { position: head } = await log.head();
  const moment = momentIn(text, field, clock);
  switch (moment.kind) {
    case 'now':
      return head;
    case 'position':
      return within(moment.position, head, { field, text });
    case 'time': {
      const position = await lastNotAfter(moment.timeMs, head, log);
      if (position === 0) throw invalid(field, text, 'before the first commit');
      return position;
    }
  }
}

/** The time that a text names, in milliseconds since 1970: of a position, that of its commit. */
export async function timeMsOf(
  text: string,
  field: string,
  { log, clock }: History,
): Promise<number> {
  const moment = momentIn(text, field, clock);
  switch (moment.kind) {
    case 'now':
      return clock.wallMs();
    case 'time':
      return moment.timeMs;
    case 'position': {
      const { position: head } = await log.head();
      const from = within(moment.position, head, { field, text });
      const [commit] = await log.read({ from, limit: 1 });
      return commit?.at ?? clock.wallMs();
    }
  }
}

function momentIn(text: string, field: string, clock: Clock): Moment {
  const moment = momentOf(text, clock.wallMs());
  if (moment === null) throw invalid(field, text, `not ${momentForms}`);
  return moment;
}

function within(
  position: number,
  head: number,
  { field, text }: { readonly field: string; readonly text: string },
): number {
  if (position >= 1 && position <= head) return position;
  throw invalid(field, text, `the log has positions 1 to ${head}`);
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
