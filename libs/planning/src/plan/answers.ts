import type { ScheduleAnswer, ScheduleJob } from '@oakring/contracts';
import type { NodeTable } from '../nodes/node-table.js';
import { policy } from '../policies.js';
import { planJobs, type JobToPlan, type Seeded } from './plan.js';

/** What a scheduler answers, job by job: the plans, and all that is put on record with a decision. */
export function answersOf(
  table: NodeTable,
  asked: readonly Pick<ScheduleJob, 'job' | 'worker' | 'revision'>[],
  jobs: readonly JobToPlan[],
  seeded: Seeded,
): ScheduleAnswer[] {
  const positions = { ledger: table.position, telemetry: table.telemetry };
  const answers: ScheduleAnswer[] = [];
  for (const [index, plan] of planJobs(table, jobs, seeded).entries()) {
    const question = asked[index];
    const planned = jobs[index];
    if (question === undefined || planned === undefined) continue;
    const { instances, exclude, freed, seed } = planned;
    const { revision, worker } = question;
    answers.push({
      workers: plan.placements.map(({ nodeId }) => nodeId),
      job: question.job,
      ...plan,
      ...{ policy, seed, positions },
      asked: {
        ...{ instances, exclude: [...exclude] },
        ...(freed !== null && { freed: { node: freed.nodeId, resources: freed.resources } }),
        ...(worker && { worker }),
        ...(typeof revision === 'number' && { revision }),
      },
    });
  }
  return answers;
}
