import {
  warningsOf,
  type InstanceAnswer,
  type JobAnswer,
  type JobDocument,
} from '@oakring/contracts';
import type { Answers } from '../../commands/command.js';
import { waitingReason } from '@oakring/model';

/** The answer of `POST /api/v1/jobs`: the job as it was at its submission, however often repeated. */
export function submittedJob(job: JobDocument, answer: Answers['SubmitJob']): JobAnswer {
  return {
    id: answer.id,
    name: job.name,
    image: job.image,
    technology: job.technology,
    status: 'active',
    desired: answer.desired,
    revision: 1,
    position: answer.position,
    instances: Array.from({ length: answer.desired }, (_, number) => pending(number)),
    ...warningsOf(job.document),
    document: { ...job.document, id: answer.id, count: answer.desired },
  };
}

function pending(number: number): InstanceAnswer {
  return {
    number,
    generation: 0,
    status: 'pending',
    nodeId: null,
    confirmed: false,
    reason: waitingReason,
    decision: null,
    revision: 0,
    failures: 0,
    crashLooping: false,
  };
}
