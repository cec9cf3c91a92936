import { isObject, OakringError, type JsonObject } from '@oakring/contracts';
import { maxJobsPerCall, ScheduleRequest } from '@oakring/contracts/http';
import { validated } from '@oakring/http';

/** The body, once its frame passes the rules. Throws `invalid-field` with the path of the first bad one. */
export function scheduleRequestOf(body: JsonObject | undefined): ScheduleRequest {
  const jobs = body?.['jobs'];
  if (Array.isArray(jobs)) refuseUnusable(jobs);
  return validated(ScheduleRequest, body);
}

/** Before the validation, which looks at every entry whatever their number is, for seconds. */
function refuseUnusable(jobs: readonly unknown[]): void {
  if (jobs.length > maxJobsPerCall) {
    const detail = `jobs has ${jobs.length} entries; ${maxJobsPerCall} is the most.`;
    throw new OakringError({ code: 'invalid-field', detail, field: 'jobs', value: jobs.length });
  }
  // A list in the place of a job is taken apart by the validation, and fails there without a message.
  const index = jobs.findIndex((job) => !isObject(job));
  if (index < 0) return;
  const field = `jobs.${index}`;
  throw new OakringError({ code: 'invalid-field', detail: `${field} is not an object.`, field });
}
