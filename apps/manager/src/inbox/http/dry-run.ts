import {
  OakringError,
  type JobDocument,
  type ScheduleAnswer,
  type ScheduleJob,
} from '@oakring/contracts';
import type { DryRunAnswer } from '@oakring/contracts/http';
import type { ClusterState } from '@oakring/model';
import { flag } from '../../http/endpoints/parameters.js';
import type { Scheduler } from '../../scheduling/scheduler.port.js';

export const dryRunWanted = flag('dryRun', 'Tell what it would do, and where; write nothing.');
import { warningsTo } from './document-warnings.js';

export async function dryRun(
  scheduler: Scheduler,
  id: string,
  job: JobDocument,
  state: ClusterState,
): Promise<DryRunAnswer> {
  const { position } = state.head;
  const document = { ...job.document, id };
  const asked = {
    ...({ dryRun: true, job: document, desired: job.count, position } as const),
    ...warningsTo(document, state),
  };
  if (job.count === 0) return { ...asked, ...nothingToPlace };
  const answer = await askOne(
    scheduler,
    { job: document, instances: job.count, exclude: [], present: {} },
    position,
  );
  const { workers, refusal, policy, seed, considered, positions } = answer;
  const placements = answer.placements.map((placement, instance) => ({ ...placement, instance }));
  return { ...asked, workers, placements, refusal, policy, seed, considered, positions };
}

const nothingToPlace = {
  workers: [],
  placements: [],
  refusal: null,
  policy: null,
  seed: null,
  considered: null,
  positions: null,
};

/** The scheduler's answer to one job. */
export async function askOne(
  scheduler: Scheduler,
  job: ScheduleJob,
  position: number,
): Promise<ScheduleAnswer> {
  const { answers } = await scheduler.schedule({ jobs: [job], position });
  const [answer] = answers;
  if (answer !== undefined) return answer;
  throw new OakringError({
    code: 'scheduler-unavailable',
    detail: `The scheduler gave no answer for job ${job.job.id}.`,
  });
}
