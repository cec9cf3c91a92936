import {
  nearestOf,
  OakringError,
  shortened,
  type JsonObject,
  type Problem,
} from '@oakring/contracts';
import { validateSync, type ValidationError } from 'class-validator';
import { InvalidBody } from '../problems/invalid-body.js';
import { contextOf } from './rules.js';

/** At most this many bad fields are named. */
const maxNamed = 32;

const validation = {
  forbidUnknownValues: false,
  // The first broken rule of a field says what it should have been.
  stopAtFirstError: true,
  // The DTO is not shown, and building it into each error costs.
  validationError: { target: false, value: true },
} as const;

/** The body, once it passes the rules of its DTO. Throws an `InvalidBody` naming every bad field. */
export function validated(
  dto: { of(body: JsonObject): object },
  body: JsonObject | undefined,
): JsonObject {
  if (body === undefined) {
    throw new OakringError({ code: 'invalid-json', detail: 'The request has no body.' });
  }
  refuseInvalid(dto.of(body));
  return body;
}

/** Throws an `InvalidBody` naming every member that breaks a rule of its class. */
export function refuseInvalid(dto: object): void {
  const errors = validateSync(dto, validation);
  if (errors.length > 0) throw invalid(errors.flatMap((error) => faultsOf(error, '')));
}

/** As `validated`, for a body that may be left out and of which every member is ours: no typo counts. */
export function validatedOnly(
  dto: { of(body: JsonObject): object },
  body: JsonObject | undefined,
): JsonObject {
  const given = validated(dto, body ?? {});
  const known = Object.keys(dto.of({}));
  const unknown = Object.entries(given).filter(([name]) => !known.includes(name));
  if (unknown.length === 0) return given;
  throw invalid(
    unknown.map(([field, value]) => ({
      ...{ field, value: shortened(value) ?? null, code: 'invalid-field' },
      detail: strangerIn(field, known),
    })),
  );
}

function strangerIn(field: string, known: readonly string[]): string {
  if (known.length === 0) return `${field} is not known here; this order takes nothing.`;
  const nearest = nearestOf(field, known);
  const meant = nearest === null ? '' : ` Did you mean ${nearest}?`;
  return `${field} is not known here; there ${known.length === 1 ? 'is' : 'are'} ${known.join(' and ')}.${meant}`;
}

interface Fault {
  readonly field: string;
  readonly value: unknown;
  readonly detail: string;
  readonly code: Problem['code'];
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
  const context = contextOf(error.contexts?.[name]);
  const code = context.code ?? 'invalid-field';
  if (context.secret === true) {
    return [{ field, value: null, detail: `${field} is ${expectation}.`, code }, ...below];
  }
  const value = shortened(error.value) ?? null;
  const seen = error.value === undefined ? 'missing' : JSON.stringify(value);
  return [{ field, value, detail: `${field} is ${seen}, ${expectation}.`, code }, ...below];
}
