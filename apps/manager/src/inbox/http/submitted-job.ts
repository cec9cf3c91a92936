import {
  isJobAnswer,
  jobOf,
  OakringError,
  ownLabels,
  type InstanceAnswer,
  type JobAnswer,
  type JobDocument,
  type SubmitJob,
} from '@oakring/contracts';
import type { Answers } from '../../commands/command.js';
import { waitingReason, type ClusterState } from '@oakring/model';
import { warningsTo } from './document-warnings.js';

/** The job that a body asks for. */
export function documentOf(body: SubmitJob): JobDocument {
  if (!isJobAnswer(body)) return jobOf(body);
  // Taken as a document it would scale the job to 1 and drop what only its document says.
  const detail = 'The body is the answer about a job; what can be sent is its member document.';
  throw new OakringError({ code: 'invalid-field', detail, field: 'document' });
}

/** The answer of `POST /api/v1/jobs`: the job as it was at its submission, however often repeated. */
export function submittedJob(
  job: JobDocument,
  answer: Answers['SubmitJob'],
  state: ClusterState,
): JobAnswer {
  const labels = ownLabels(job.document);
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
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...warningsTo(job.document, state),
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
    restarts: 0,
    crashLooping: false,
  };
}
