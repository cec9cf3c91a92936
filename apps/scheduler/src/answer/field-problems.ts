import type { ValidationError } from 'class-validator';
import { OakringError, shortened } from '@oakring/contracts';

/** The first bad field of a refused body, by its path. */
export function fieldProblem(errors: readonly ValidationError[], path = ''): OakringError {
  const [error] = errors;
  const field = `${path}${error?.property ?? ''}`;
  if (error?.children !== undefined && error.children.length > 0) {
    return fieldProblem(error.children, `${field}.`);
  }
  const detail = Object.values(error?.constraints ?? {})[0] ?? 'is not usable';
  return new OakringError({
    code: 'invalid-field',
    detail: `${field}: ${detail}.`,
    field,
    value: shortened(error?.value ?? null),
  });
}
