import { isObject, type ErrorCode } from '@oakring/contracts';
import { Max, Min, ValidateBy, type ValidationOptions } from 'class-validator';

/**
 * Rules of bodies, for class-validator. A message completes "<field> is <value>, …"; the context
 * carries the code of the refusal. What a rule lets pass still goes through the contract's parser.
 */

interface RuleContext {
  readonly code?: ErrorCode;
  /** The value must not be shown. */
  readonly secret?: boolean;
}

export function rule(message: string, context: RuleContext = {}): ValidationOptions {
  return { message, context };
}

export function contextOf(value: unknown): RuleContext {
  return isObject(value) ? (value as RuleContext) : {};
}

export function holds(
  name: string,
  validate: (value: unknown) => boolean,
  options: ValidationOptions,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate } }, options);
}

export const IsWholeNumber = (minimum: number, maximum: number): PropertyDecorator => {
  const options = rule(`not an integer from ${minimum} to ${maximum}`);
  const rules = [holds('isWholeNumber', Number.isInteger, options), Min(minimum, options)];
  rules.push(Max(maximum, options));
  return (target, property) => {
    for (const each of rules) each(target, property);
  };
};
