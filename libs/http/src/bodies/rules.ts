import {
  idExpectation,
  isId,
  isObject,
  maxJobCount,
  technologies,
  type ErrorCode,
} from '@oakring/contracts';
import { IsIn, Max, Min, ValidateBy, type ValidationOptions } from 'class-validator';

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

/** An id of a node or job; numbers become strings. */
export const IsIdentifier = (): PropertyDecorator =>
  holds(
    'isIdentifier',
    (value) => (typeof value === 'string' || typeof value === 'number') && isId(String(value)),
    rule(idExpectation, { code: 'invalid-id' }),
  );

export const IsText = (maximum: number, context: RuleContext = {}): PropertyDecorator =>
  holds(
    'isText',
    (value) => typeof value === 'string' && value.length > 0 && value.length <= maximum,
    rule(`not a text of 1 to ${maximum} characters`, context),
  );

export const IsTextOrNumber = (maximum: number): PropertyDecorator =>
  holds(
    'isTextOrNumber',
    (value) => {
      const text = typeof value === 'number' ? String(value) : value;
      return typeof text === 'string' && text.length > 0 && text.length <= maximum;
    },
    rule(`not a text of 1 to ${maximum} characters`),
  );

export const IsTechnology = (each = false): PropertyDecorator =>
  IsIn(technologies, {
    ...rule(`not one of ${technologies.join(', ')}`, { code: 'technology-unknown' }),
    each,
  });

export const IsWholeNumber = (minimum: number, maximum: number): PropertyDecorator => {
  const options = rule(`not an integer from ${minimum} to ${maximum}`);
  const rules = [holds('isWholeNumber', Number.isInteger, options), Min(minimum, options)];
  rules.push(Max(maximum, options));
  return (target, property) => {
    for (const each of rules) each(target, property);
  };
};

export const IsJobCount = (): PropertyDecorator => IsWholeNumber(0, maxJobCount);

/** A number, or digits. */
export const IsPortNumber = (): PropertyDecorator =>
  holds(
    'isPortNumber',
    (value) => {
      const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
      return Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535;
    },
    rule('not an integer from 0 to 65535'),
  );

export const IsLabels = (): PropertyDecorator =>
  holds(
    'isLabels',
    (value) =>
      isObject(value) && Object.keys(value).length <= 64 && Object.entries(value).every(isLabel),
    rule('not an object of at most 64 labels, each a text of at most 256 characters'),
  );

function isLabel([key, label]: [string, unknown]): boolean {
  return (
    key.length <= 128 &&
    (typeof label === 'string' || typeof label === 'number' || typeof label === 'boolean') &&
    String(label).length <= 256
  );
}
