import { isObject, OakringError, type JsonObject } from '@oakring/contracts';
import { refuseInvalid } from '@oakring/http';
import { maxJobs, ScheduleRequestDto } from './schedule-request.dto.js';

/** The body, once its frame passes the rules. Throws `invalid-field` with the path of the first bad one. */
export function scheduleRequestOf(body: JsonObject | undefined): ScheduleRequestDto {
  if (body === undefined) {
    throw new OakringError({ code: 'invalid-json', detail: 'The request has no body.' });
  }
  const { jobs } = body;
  if (Array.isArray(jobs)) refuseUnusable(jobs);
  const request = ScheduleRequestDto.of(body);
  refuseInvalid(request);
  return request;
}

/** Before the validation, which looks at every entry whatever their number is, for seconds. */
function refuseUnusable(jobs: readonly unknown[]): void {
  if (jobs.length > maxJobs) {
    const detail = `jobs has ${jobs.length} entries; ${maxJobs} is the most.`;
    throw new OakringError({ code: 'invalid-field', detail, field: 'jobs', value: jobs.length });
  }
  // A list in the place of a job is taken apart by the validation, and fails there without a message.
  const index = jobs.findIndex((job) => !isObject(job));
  if (index < 0) return;
  const field = `jobs.${index}`;
  throw new OakringError({ code: 'invalid-field', detail: `${field} is not an object.`, field });
}
