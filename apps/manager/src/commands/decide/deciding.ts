import type { ErrorCode, Refusal } from '@oakring/contracts';
import {
  addressOf,
  jobStream,
  subjectOf,
  type DomainEvent,
  type Origin,
  type StoredEvent,
} from '@oakring/events';
import { type ClusterState, evolve } from '@oakring/model';
import type { RecordsRefusal } from '../callers.js';
import { observed, type CommandOrigin } from '../origin.js';

/**
 * What a decider works on: the state after every decision before it, the time and position of the
 * commit, and where its events go. Pure: no clock, no ids but addresses in the log, no await.
 */
export class Deciding {
  readonly events: DecidedEvent[] = [];
  /** About how many bytes the events take in the log. */
  bytes = 0;
  /** Of the command that is decided now. */
  origin: CommandOrigin = { by: 'nobody', cause: 'nothing' };
  /** Whether a refusal of the command that is decided now was left out: whoever ordered was refused too often. */
  leftOut = false;
  recordsRefusal: RecordsRefusal = () => true;

  constructor(
    readonly state: ClusterState,
    /** Position of the commit that will hold the events. */
    readonly position: number,
    /** Commit time, milliseconds since 1970: never before that of the commit before, however wrong a clock was. */
    readonly at: number,
    /** What the clock says: what ends by itself is judged by it, so that a clock that was ahead once ends nothing. */
    readonly nowMs: number = at,
  ) {}

  /** `<position>-<index>` of the event stated next: the id of a decision or command. */
  nextAddress(): string {
    return addressOf({ position: this.position, index: this.events.length });
  }

  /** What is stated from now on for this command follows from the event at that address. */
  followsFrom(address: string): void {
    this.origin = { ...this.origin, cause: address };
  }

  /** States a fact and folds it, so that the next fact is decided on it. */
  emit(event: DomainEvent): void {
    if (isRefusal(event) && !this.recordsRefusal(this.origin.by, event.data.code)) {
      this.leftOut = true;
      return;
    }
    // The version within its stream is given when the commit is sealed; no fold looks at it.
    const { by, cause, deviceAt, trace } = this.origin;
    const stored = {
      stream: event.stream,
      type: event.type,
      data: event.data,
      position: this.position,
      index: this.events.length,
      version: 0,
      at: this.at,
      by,
      cause: typeof cause === 'string' ? cause : this.newestAbout(cause.stream ?? event.stream),
      deviceAt,
      trace,
    } as DecidedEvent;
    this.events.push(stored);
    this.bytes += envelopeBytes + bytesOf(event.data) + (trace === undefined ? 0 : traceBytes);
    evolve(this.state, stored);
  }

  /** How things stand with what a stream is about: the address of the newest event that changed it. */
  private newestAbout(stream: string): string {
    const { jobs, nodes } = this.state;
    const views = stream.startsWith('jobs/') ? jobs : stream.startsWith('nodes/') ? nodes : null;
    const record = views?.get(subjectOf({ stream }));
    return record === undefined ? observed(this.origin.by) : addressOf(record);
  }
}

export type DecidedEvent = StoredEvent & Origin;

/** That an order was refused: it changes nothing. */
type RefusalEvent = Extract<DomainEvent, { readonly data: { readonly code: string } }>;

function isRefusal(event: DomainEvent): event is RefusalEvent {
  return event.type.endsWith('Refused') && 'code' in event.data;
}

/** What an event has beside its data: its type, stream, version, who and why. */
const envelopeBytes = 220;
const traceBytes = 66;

/** Close, and cheaper than the text itself: nothing is escaped, numbers are of middling length. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 2;
  if (Array.isArray(value)) for (const member of value) bytes += bytesOf(member) + 1;
  else for (const [key, member] of Object.entries(value)) bytes += key.length + 4 + bytesOf(member);
  return bytes;
}

export type Decided<A> = { readonly answer: A } | { readonly refusal: Refusal };

export function refuse(
  code: ErrorCode,
  detail: string,
  field?: string,
  value?: unknown,
): { refusal: Refusal } {
  return {
    refusal: {
      code,
      detail,
      ...(field === undefined ? {} : { field }),
      ...(value === undefined ? {} : { value }),
    },
  };
}

type JobOrderRefused =
  'JobSubmissionRefused' | 'JobUpdateRefused' | 'JobScaleRefused' | 'JobDeletionRefused';

/** Refuses an order about a job, on record. */
export function refuseOnRecord(
  deciding: Deciding,
  id: string,
  type: JobOrderRefused,
  refusal: Refusal,
): { refusal: Refusal } {
  const { code, detail } = refusal;
  deciding.emit({ stream: jobStream(id), type, data: { code, detail } });
  return { refusal };
}
