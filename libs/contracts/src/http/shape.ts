import { IsOptional } from 'class-validator/cjs/decorator/common/IsOptional.js';
import { ValidateBy } from 'class-validator/cjs/decorator/common/ValidateBy.js';
import { ValidateIf } from 'class-validator/cjs/decorator/common/ValidateIf.js';
import { ValidateNested } from 'class-validator/cjs/decorator/common/ValidateNested.js';
import { isObject, type JsonObject } from '../parsing/parsing.js';
import type { JsonSchema, Kind, ShapeClass } from './kinds.js';

interface FieldOptions {
  /** It may be left out; in a body null counts as left out. */
  readonly optional?: boolean;
  /** It is looked at only where this holds of the document. */
  readonly when?: (document: JsonObject) => boolean;
  readonly says?: string;
  /** Stands for it where it is left out. */
  readonly default?: unknown;
  readonly example?: unknown;
  /** Never shown in a problem. */
  readonly secret?: boolean;
  /** It does not stand beside any of these. */
  readonly without?: readonly string[];
}

export interface DescribedField extends FieldOptions {
  readonly kind: Kind<unknown>;
}

interface ShapeOptions {
  /** As the OpenAPI document names it; the class's own name unless it says so. */
  readonly name?: string;
  readonly says?: string;
  readonly example?: unknown;
  /** It is one of these; it has no fields of its own. */
  readonly oneOf?: readonly ShapeClass[];
  /** In a body: members that are not known are kept. In one that is not open they are refused. */
  readonly isOpen?: boolean;
}

interface Described {
  readonly options: ShapeOptions;
  readonly fields: ReadonlyMap<string, DescribedField>;
}

const fieldsInMaking = new WeakMap<object, Map<string, DescribedField>>();
const shapes = new WeakMap<ShapeClass, Described>();
const byName = new Map<string, ShapeClass>();

/**
 * A field of a document, written down once: what class-validator checks of it, what the OpenAPI
 * document says of it, and its name. Its declared type must be one that the kind takes.
 */
export function Field<T>(
  kind: Kind<T>,
  options: FieldOptions = {},
): <K extends string>(target: { readonly [P in K]?: T }, name: K) => void {
  return (target, name) => {
    const fields = fieldsInMaking.get(target) ?? new Map<string, DescribedField>();
    fieldsInMaking.set(target, fields.set(name, { ...options, kind }));
    if (options.optional === true) IsOptional()(target, name);
    if (options.when !== undefined) ValidateIf(options.when)(target, name);
    const { each, nested } = kind;
    rule('holds', kind, options)(target, name);
    if (options.without !== undefined) alone(options.without)(target, name);
    const message = (each ?? kind).expectation;
    if (nested !== undefined) ValidateNested({ message })(target, name);
    else if (each !== undefined) rule('each', each, options)(target, name);
  };
}

function rule(
  name: string,
  { holds, expectation: message, code }: Pick<Kind<unknown>, 'holds' | 'expectation' | 'code'>,
  { secret = false }: FieldOptions,
): PropertyDecorator {
  const context = { ...(code === undefined ? {} : { code }), secret };
  return ValidateBy({ name, validator: { validate: holds } }, { message, context });
}

function alone(others: readonly string[]): PropertyDecorator {
  const isAlone = (document: object): boolean =>
    others.every((name) => ((document as JsonObject)[name] ?? null) === null);
  return ValidateBy(
    { name: 'alone', validator: { validate: (_value, args) => isAlone(args?.object ?? {}) } },
    { message: `not to be said beside ${others.join(' or ')}`, context: { secret: false } },
  );
}

/** A document with fields of its own. */
export function shaped<T extends object>(of: ShapeClass<T>): Kind<T> {
  return {
    schema: { $ref: `#/components/schemas/${nameOfShape(of)}` },
    holds: isObject,
    expectation: `not an object {${namesOfShape(of).join(', ')}}`,
    nested: { of, isList: false },
  };
}

interface ShortForm {
  readonly schema: JsonSchema;
  /** The document that a short form stands for, or itself; null where it is neither. */
  readonly atLength: (value: unknown) => JsonObject | null;
  readonly expectation: string;
}

/** A document with fields of its own, or a short form of it. */
export function shapedOr<T extends object>(
  of: ShapeClass<T>,
  { schema, atLength, expectation }: ShortForm,
): Kind<T> {
  return {
    schema: { anyOf: [schema, shaped(of).schema] },
    holds: (value) => atLength(value) !== null,
    expectation,
    nested: { of, isList: false, atLength },
  };
}

/** A document of the interface; its fields are decorated with `Field`. */
export function Shape(options: ShapeOptions = {}) {
  return (type: ShapeClass): void => {
    const fields = fieldsAlong(type.prototype);
    const name = options.name ?? type.name;
    shapes.set(type, { options, fields });
    if (byName.has(name)) throw new Error(`Two documents are called ${name}.`);
    byName.set(name, type);
  };
}

/** Those of what it extends come first. */
function fieldsAlong(prototype: object): Map<string, DescribedField> {
  const above: unknown = Object.getPrototypeOf(prototype);
  const inherited = typeof above === 'object' && above !== null ? [...fieldsAlong(above)] : [];
  return new Map([...inherited, ...(fieldsInMaking.get(prototype) ?? [])]);
}

export function isShape(type: unknown): type is ShapeClass {
  return typeof type === 'function' && shapes.has(type as ShapeClass);
}

function described(type: ShapeClass): Described {
  const found = shapes.get(type);
  if (found === undefined) throw new Error(`${type.name} has no @Shape().`);
  return found;
}

export function fieldsOf(type: ShapeClass): ReadonlyMap<string, DescribedField> {
  return described(type).fields;
}

export function namesOfShape(type: ShapeClass): readonly string[] {
  return [...described(type).fields.keys()];
}

export function nameOfShape(type: ShapeClass): string {
  return described(type).options.name ?? type.name;
}

export function isOpenShape(type: ShapeClass): boolean {
  return described(type).options.isOpen === true;
}

/** A body of which every field may be left out may itself be left out. */
export function mayBeLeftOut(type: ShapeClass): boolean {
  return [...fieldsOf(type).values()].every(isOptional);
}

function isOptional({ optional, when }: DescribedField): boolean {
  return optional === true || when !== undefined;
}

/** Whether it has the document's fields, each as its kind says. What lies deeper is not looked at. */
export function hasFieldsOf<T extends object>(type: ShapeClass<T>, value: unknown): value is T {
  if (!isObject(value)) return false;
  return [...fieldsOf(type)].every(([name, field]) => {
    const isLeftOut = value[name] === undefined && isOptional(field);
    return isLeftOut || field.kind.holds(value[name]);
  });
}

/** What was given as the class that its rules are written in: theirs are the only members. */
export function instanceOf(type: ShapeClass, given: JsonObject): object {
  const members = [...fieldsOf(type)].map(([name, { kind }]) => [name, partOf(kind, given[name])]);
  return Object.assign(new type(), Object.fromEntries(members));
}

function partOf({ nested }: Kind<unknown>, value: unknown): unknown {
  if (nested === undefined) return value;
  const one = (each: unknown): unknown => {
    const whole = isObject(each) ? each : (nested.atLength?.(each) ?? null);
    return whole === null ? each : instanceOf(nested.of, whole);
  };
  // Anything else is left as it is, for the rule that wants one.
  return nested.isList && Array.isArray(value) ? value.map(one) : one(value);
}

/** The document that is called so; undefined where none is. */
export function shapeNamed(name: string): ShapeClass | undefined {
  return byName.get(name);
}

export function schemaOf(type: ShapeClass): JsonSchema {
  const { options, fields } = described(type);
  const { says: description, oneOf } = options;
  if (oneOf !== undefined) {
    const schemas = oneOf.map((each) => shaped(each).schema);
    return { oneOf: schemas, ...(description === undefined ? {} : { description }) };
  }
  const required = [...fields].filter(([, field]) => !isOptional(field)).map(([name]) => name);
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(
      [...fields].map(([name, field]) => [name, schemaOfField(field)]),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...(options.isOpen === true ? { additionalProperties: true } : {}),
    ...(options.example === undefined ? {} : { example: options.example }),
  };
}

function schemaOfField({ kind, says, default: usual, example }: DescribedField): JsonSchema {
  return {
    ...kind.schema,
    ...(says === undefined ? {} : { description: says }),
    ...(usual === undefined ? {} : { default: usual }),
    ...(example === undefined ? {} : { example }),
  };
}
