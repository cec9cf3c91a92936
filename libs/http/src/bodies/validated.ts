import {
  cutText,
  isObject,
  nearestOf,
  OakringError,
  shortened,
  type ErrorCode,
  type JsonObject,
} from '@oakring/contracts';
import {
  fieldsOf,
  instanceOf,
  isOpenShape,
  mayBeLeftOut,
  namesOfShape,
  type ShapeClass,
} from '@oakring/contracts/http';
import type { ValidationError } from 'class-validator';
import { Validator } from 'class-validator/cjs/validation/Validator.js';
import { InvalidBody } from '../problems/invalid-body.js';

/** At most this many bad fields are named. */
const maxNamed = 32;

const validator = new Validator();
const validation = {
  forbidUnknownValues: false,
  // The first broken rule of a field says what it should have been.
  stopAtFirstError: true,
  // The DTO is not shown, and building it into each error costs.
  validationError: { target: false, value: true },
} as const;

/**
 * The body, once it passes the rules of its document. Throws an `InvalidBody` naming every bad field,
 * and every member that is not known where none is kept: no typo counts.
 */
export function validated<T extends object>(
  type: ShapeClass<T>,
  body: JsonObject | undefined,
): T & JsonObject {
  if (body === undefined && !mayBeLeftOut(type)) {
    throw new OakringError({ code: 'invalid-json', detail: 'The request has no body.' });
  }
  const given = body ?? {};
  const errors = validator.validateSync(instanceOf(type, given), validation);
  const faults = [...errors.flatMap((error) => faultsOf(error, '')), ...strangersIn(type, given)];
  if (faults.length > 0) throw invalid(faults);
  // Its rules say that it is one; what they leave open is kept as it came.
  return given as T & JsonObject;
}

/** Members that are not known, here and below. */
function strangersIn(type: ShapeClass, given: JsonObject, path = ''): Fault[] {
  const known = namesOfShape(type);
  const unknown = isOpenShape(type)
    ? []
    : Object.entries(given).filter(([name]) => !known.includes(name));
  // Where a secret is asked for, what is misspelt may be it.
  const isSecret = [...fieldsOf(type).values()].some(({ secret }) => secret === true);
  const shown = (value: unknown): unknown => (isSecret ? null : (shortened(value) ?? null));
  const here = unknown.map(([name, value]) => ({
    ...{ field: `${path}${name}`, value: shown(value), code: 'invalid-field' as const },
    detail: strangerIn(path, name, known),
  }));
  const below = [...fieldsOf(type)].flatMap(([name, { kind }]) => {
    const value = given[name];
    const { nested } = kind;
    if (nested === undefined) return [];
    if (isObject(value)) return strangersIn(nested.of, value, `${path}${name}.`);
    const listed: readonly unknown[] = Array.isArray(value) ? value : [];
    return listed.flatMap((each, at) =>
      isObject(each) ? strangersIn(nested.of, each, `${path}${name}.${at}.`) : [],
    );
  });
  return [...here, ...below];
}

function strangerIn(path: string, name: string, known: readonly string[]): string {
  const field = `${path}${cutText(name, 128)}`;
  if (known.length === 0) return `${field} is not known here; this order takes nothing.`;
  const nearest = nearestOf(name, known);
  const meant = nearest === null ? '' : ` Did you mean ${nearest}?`;
  return `${field} is not known here; there ${known.length === 1 ? 'is' : 'are'} ${known.join(' and ')}.${meant}`;
}

/** What a field's rule says beside its expectation (`Field`). */
interface RuleContext {
  readonly code?: ErrorCode;
  /** The value must not be shown. */
  readonly secret?: boolean;
}

interface Fault {
  readonly field: string;
  readonly value: unknown;
  readonly detail: string;
  readonly code: ErrorCode;
}

function invalid(faults: readonly Fault[]): OakringError {
  const [first] = faults;
  if (first === undefined) {
    return new OakringError({ code: 'invalid-field', detail: 'The body breaks a rule.' });
  }
  const detail =
    faults.length === 1 ? first.detail : `${first.detail} ${faults.length - 1} more in errors.`;
  const { code, field, value } = first;
  return new InvalidBody(
    { code, detail, field, value },
    faults.slice(0, maxNamed).map((fault) => ({
      field: fault.field,
      value: fault.value,
      detail: fault.detail,
    })),
  );
}

function faultsOf(error: ValidationError, parent: string): Fault[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const below = (error.children ?? []).flatMap((child) => faultsOf(child, field));
  const [broken] = Object.entries(error.constraints ?? {});
  if (broken === undefined) return below;
  const [name, expectation] = broken;
  const context: RuleContext = error.contexts?.[name] ?? {};
  const code = context.code ?? 'invalid-field';
  if (context.secret === true) {
    return [{ field, value: null, detail: `${field} is ${expectation}.`, code }, ...below];
  }
  const value = shortened(error.value) ?? null;
  const seen = error.value === undefined ? 'missing' : JSON.stringify(value);
  return [{ field, value, detail: `${field} is ${seen}, ${expectation}.`, code }, ...below];
}
