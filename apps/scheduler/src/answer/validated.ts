import { validateSync, type ValidationError } from 'class-validator';
import { isObject, OakringError, shortened } from '@oakring/contracts';
import { maxExcluded, maxJobs, ScheduleRequestDto } from './schedule-request.dto.js';

const validation = {
  forbidUnknownValues: false,
  stopAtFirstError: true,
  // The DTO is not shown, and building it into each error costs.
  validationError: { target: false, value: true },
} as const;

/** The body, once its frame passes the rules. Throws `invalid-field` with the path of the first bad one. */
export function validated(body: unknown): ScheduleRequestDto {
  if (!isObject(body)) {
    throw new OakringError({ code: 'invalid-json', detail: 'The request has no body.' });
  }
  const { jobs } = body;
  refuseMore(jobs, maxJobs, 'jobs');
  // A list in the place of a job is taken apart by the validation, and fails there without a message.
  const index = Array.isArray(jobs) ? jobs.findIndex((job) => !isObject(job)) : -1;
  if (index >= 0) {
    const field = `jobs.${index}`;
    throw new OakringError({ code: 'invalid-field', detail: `${field} is not an object.`, field });
  }
  for (const [at, job] of Array.isArray(jobs) ? jobs.entries() : []) {
    refuseMore(isObject(job) ? job['exclude'] : null, maxExcluded, `jobs.${at}.exclude`);
  }
  const request = ScheduleRequestDto.of(body);
  const [error] = validateSync(request, validation);
  if (error !== undefined) throw fieldProblem(error);
  return request;
}

/** Before the validation, which looks at every entry whatever their number is, for seconds. */
function refuseMore(list: unknown, most: number, field: string): void {
  if (!Array.isArray(list) || list.length <= most) return;
  const detail = `${field} has ${list.length} entries; ${most} is the most.`;
  throw new OakringError({ code: 'invalid-field', detail, field, value: list.length });
}

function fieldProblem(error: ValidationError, path = ''): OakringError {
  const field = `${path}${error.property}`;
  const [child] = error.children ?? [];
  if (child !== undefined) return fieldProblem(child, `${field}.`);
  const expectation = Object.values(error.constraints ?? {})[0] ?? 'is not usable';
  return new OakringError({
    code: 'invalid-field',
    detail: `${field}: ${expectation}.`,
    field,
    value: shortened(error.value ?? null),
  });
}
