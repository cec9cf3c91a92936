import { OakringError } from '@oakring/contracts';
import type { ClusterState, JobRecord } from '@oakring/model';
import type { FastifyRequest } from 'fastify';
import { seesJob, seesOwnOnly, unknownJob } from '../access/holder.js';

type Asking = Pick<FastifyRequest, 'caller'>;

/** Those of the jobs that are for whoever asks. */
export function seenBy({ caller }: Asking, jobs: Iterable<JobRecord>): Iterable<JobRecord> {
  return seesOwnOnly(caller) ? [...jobs].filter((job) => seesJob(caller, job)) : jobs;
}

/** Throws `job-unknown` where there is none, or none for whoever asks. */
export function jobSeenBy({ caller }: Asking, state: ClusterState, id: string): JobRecord {
  const job = state.jobs.get(id);
  if (job !== undefined && seesJob(caller, job)) return job;
  throw new OakringError(unknownJob(id));
}

/** Whether the job is there for whoever asks; of those who see all it need not be there any more. */
export function seesJobOf({ caller }: Asking, state: ClusterState, id: string): boolean {
  if (!seesOwnOnly(caller)) return true;
  const job = state.jobs.get(id);
  return job !== undefined && seesJob(caller, job);
}
