import type { ScheduleAnswers, ScheduleRequest } from '@oakring/contracts';

/** The scheduler as the manager asks it: over HTTP, or simulated. */
export abstract class Scheduler {
  /**
   * Throws an OakringError: `scheduler-unavailable` when there is no answer in time,
   * `scheduler-refused` when what is asked cannot be planned as it is, whenever it is asked.
   */
  abstract schedule(request: ScheduleRequest): Promise<ScheduleAnswers>;
}
