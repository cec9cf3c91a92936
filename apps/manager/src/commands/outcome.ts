import type { Refusal } from '@oakring/contracts';

/** What became of a command that was decided. */
export type Outcome<A> =
  | {
      readonly status: 'accepted';
      readonly answer: A;
      /** Position of the commit that holds the outcome (of the first one when repeated). */
      readonly position: number;
      readonly repeated: boolean;
      /** About what was appended on account of it. */
      readonly bytes?: number;
    }
  | {
      readonly status: 'refused';
      readonly refusal: Refusal;
      readonly position: number;
      readonly bytes?: number;
    };

/** The caller's name for a request, so that a repetition is answered alike. */
export interface IdempotencyKey {
  /** `<METHOD> <path>#<Idempotency-Key>`. */
  readonly id: string;
  /** SHA-256 of the canonical body. */
  readonly bodyHash: string;
}
