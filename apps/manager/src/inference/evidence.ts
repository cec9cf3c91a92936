import type { Pace } from './pace.js';

interface Shown {
  atMs: number;
  disturbance: number;
  count: number;
  status: 'running' | 'starting';
}

/** What was seen and heard of one placement, in this term and of this start of its worker. */
export interface Evidence {
  /** The newest order about it that the broker took, and when. */
  sent: {
    readonly commandId: string;
    readonly atMs: number;
    readonly disturbance: number;
    readonly count: number;
  } | null;
  /** When its start was sent; null: not by us. */
  startSentMs: number | null;
  /** The same of the time before, which may have arrived. */
  startSentBeforeMs: number | null;
  /** Its worker said or showed something of it since: it is not being pulled. */
  isAnswered: boolean;
  /** When its worker said that it was created, or runs. */
  createdMs: number | null;
  isSaidToRun: boolean;
  /** The newest calm list that shows it. */
  shown: Shown | null;
  /** The newest calm list that has something which may be it. */
  doubted: {
    readonly atMs: number;
    readonly disturbance: number;
    readonly count: number;
  } | null;
  /** Its worker's word that it has come to an end. */
  end: {
    readonly says: 'failed' | 'ended' | 'completed';
    readonly detail: string | null;
    readonly atMs: number;
    readonly isCalm: boolean;
  } | null;
}

export function noEvidence(): Evidence {
  return {
    sent: null,
    startSentMs: null,
    startSentBeforeMs: null,
    isAnswered: false,
    createdMs: null,
    isSaidToRun: false,
    shown: null,
    doubted: null,
    end: null,
  };
}

/** A calm list of just now has it. Of every entry of every list: written where it stands. */
export function noteShown(
  evidence: Evidence,
  { disturbance, count }: Pace,
  atMs: number,
  status: Shown['status'],
): void {
  const { shown } = evidence;
  if (shown === null) {
    evidence.shown = { atMs, disturbance, count, status };
    return;
  }
  shown.atMs = atMs;
  shown.disturbance = disturbance;
  shown.count = count;
  shown.status = status;
}

/** Shown by the lists that count now. */
export function isShown({ shown }: Evidence, pace: Pace): boolean {
  return shown?.disturbance === pace.disturbance;
}

function isDoubted({ doubted }: Evidence, pace: Pace): boolean {
  return doubted?.disturbance === pace.disturbance;
}

/**
 * Two lists of each runtime have come without it, at their own pace, since it was last shown or ordered:
 * it is not there, unless it is still to come. What a list has and cannot tell may be it.
 */
export function isAbsent(
  { shown, sent, createdMs, doubted }: Evidence,
  pace: Pace,
  { runtimes, nowMs }: { readonly runtimes: number; readonly nowMs: number },
): boolean {
  const lists = 2 * runtimes;
  if (pace.count - countAt(shown, pace) < lists) return false;
  if (pace.count - Math.max(countAt(sent, pace), countAt(doubted, pace)) < lists) return false;
  const lastMs = Math.max(shown?.atMs ?? 0, sent?.atMs ?? 0, createdMs ?? 0, doubted?.atMs ?? 0);
  return pace.isComplete(lists) && nowMs - lastMs >= 1.75 * pace.periodMs;
}

/** Calm lists of now that had come by then. */
export function countAt(at: { disturbance: number; count: number } | null, pace: Pace): number {
  return at?.disturbance === pace.disturbance ? at.count : 0;
}

/** An end that was said among shuffled messages counts once calm ones do not deny it. */
export function endOf(evidence: Evidence, pace: Pace, runtimes: number): Evidence['end'] {
  const { end, shown } = evidence;
  if (end === null) return null;
  if (end.isCalm) {
    if (shown === null || shown.atMs - end.atMs < pace.periodMs) return end;
  } else if (!isShown(evidence, pace)) {
    return pace.count >= runtimes && !isDoubted(evidence, pace) ? end : null;
  }
  evidence.end = null;
  return null;
}
