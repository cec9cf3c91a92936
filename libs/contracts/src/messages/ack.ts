import { generationRange, incarnationOf, wordIn } from './addresses.js';
import { ifAny, ifUsable, may, messageOf, must, wordOf } from './codec.js';
import { lastLinesIn } from './last-lines.js';
import { reasonIn } from './left-out.js';
import { integerOf } from '../parsing/parsing.js';

const ackPhases = ['received', 'progress', 'succeeded', 'failed'] as const;
export type AckPhase = (typeof ackPhases)[number];

/** Whose a failure is: the job's own (no such program, a bad image), or its node's. */
export type Fault = 'job' | 'node';

/** `nodes/<id>/acks`. */
export interface Ack {
  readonly commandId: string;
  /** Null when the worker does not say. */
  readonly generation: number | null;
  readonly phase: AckPhase;
  readonly reason: string | null;
  /** Of a failure, where the worker knows. */
  readonly fault?: Fault | null;
  /** Of a failure: the newest of what it printed, oldest first, as `newestLines` leaves them; absent: none. */
  readonly lastLines?: readonly string[];
  readonly incarnation: number | null;
  /** ISO 8601, by the worker's own clock; null when it does not say. */
  readonly at?: string | null;
  /** The ledger that ordered; null when the worker does not say. */
  readonly ledger?: string | null;
}

export const ack = messageOf<Ack>({
  commandId: must(wordIn),
  phase: must(wordOf(ackPhases)),
  generation: may((value, name) => integerOf(value, name, generationRange), null),
  reason: reasonIn,
  fault: ifAny(wordOf(['job', 'node'])),
  lastLines: lastLinesIn,
  incarnation: may(incarnationOf, null),
  at: ifAny(wordIn, null),
  ledger: ifUsable((value, name) => wordIn(value, `ack.${name}`), null),
});
