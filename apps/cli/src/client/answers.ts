import type { FieldWarning, ScheduleAnswer } from '@oakring/contracts';
import type { EventData } from '@oakring/events';

/** `GET /api/v1/ledger/head`. */
export interface LedgerHead {
  readonly position: number;
  readonly hash: string;
  readonly epoch: number;
}

type DecisionType = 'InstancesPlaced' | 'PlacementRefused' | 'MoveStarted';

/** `GET /api/v1/decisions/{id}`: the event of a decision, and where it stands. */
export type DecisionAnswer = {
  [T in DecisionType]: EventData<T> & {
    readonly id: string;
    readonly type: T;
    readonly job: string;
    readonly at: string;
    readonly position: number;
  };
}[DecisionType];

/** `POST /api/v1/jobs?dryRun=true`. */
export type DryRunAnswer = Pick<ScheduleAnswer, 'job' | 'placements' | 'refusal'> & {
  readonly desired: number;
  readonly position: number;
  readonly considered: ScheduleAnswer['considered'] | null;
  readonly warnings?: readonly FieldWarning[];
};
