import { isObject, jobOf, OakringError, type JsonObject } from '@oakring/contracts';
import type { SubmitJob as Body } from '@oakring/contracts';
import { fieldsOf, instanceOf, SubmitJob, type JsonSchema } from '@oakring/contracts/http';
import type { ShapeClass } from '@oakring/contracts/http';
import { validateSync } from 'class-validator';
import fc, { type Arbitrary } from 'fast-check';

type Field = NonNullable<ReturnType<ReturnType<typeof fieldsOf>['get']>>;

/** Job documents that the manager takes, with any of their fields: made from what is said of each. */
export function jobDocuments(): Arbitrary<JsonObject> {
  // Of a container all can be said.
  const docker = { technology: 'docker' } as const;
  const more = fc.constantFrom(docker, {});
  return fc.tuple(documentsOf(SubmitJob), more).map(([drawn, of]) => taken({ ...drawn, ...of }));
}

function documentsOf(type: ShapeClass): Arbitrary<JsonObject> {
  const fields = [...fieldsOf(type)];
  const members = Object.fromEntries(fields.map(([name, field]) => [name, valuesOf(field)]));
  const requiredKeys = fields.filter(([, { optional = false }]) => !optional).map(([name]) => name);
  // A container sees no folder that has no place in it.
  if (members['target'] !== undefined) requiredKeys.push('target');
  return fc.record(members, { requiredKeys }).map((drawn) => settled(fields, drawn));
}

/** Without what does not stand beside another. */
function settled(fields: readonly [string, Field][], drawn: JsonObject): JsonObject {
  const document: Record<string, unknown> = { ...drawn };
  const conditional = fields.filter(([, { when }]) => when !== undefined).map(([name]) => name);
  for (const [name, { without = [] }] of fields) {
    const isBeside = without.some(
      (other) => document[other] !== undefined && !conditional.includes(other),
    );
    if (isBeside) delete document[name];
  }
  for (const name of conditional) delete document[name];
  for (const [name, { when }] of fields) {
    if (when?.(document) === true && drawn[name] !== undefined) document[name] = drawn[name];
  }
  return document;
}

function valuesOf({ kind }: Field): Arbitrary<unknown> {
  const { nested, schema, holds } = kind;
  if (nested === undefined) return fromSchema(schema).filter(holds);
  const whole: Arbitrary<unknown> = documentsOf(nested.of);
  if (!nested.isList) return whole;
  // A short form of it as well, where there is one.
  const { items } = schema;
  const forms = isObject(items) && Array.isArray(items['anyOf']) ? items['anyOf'] : [];
  const short = forms.filter((form) => isObject(form) && form['$ref'] === undefined);
  const each = fc.oneof(whole, ...short.map((form) => fromSchema(form as JsonSchema)));
  return fc.array(each, { minLength: 1, maxLength: 2 });
}

function fromSchema(schema: JsonSchema): Arbitrary<unknown> {
  const { type, enum: values, items } = schema;
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(values)) return fc.constantFrom<unknown>(...values);
  if (Array.isArray(choices)) {
    return fc.oneof(...choices.filter(isObject).map((choice) => fromSchema(choice)));
  }
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((each: unknown) => fromSchema({ ...schema, type: each })));
  }
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer(rangeOf(schema));
    case 'string':
      return textsOf(schema);
    case 'array':
      return fc.array(isObject(items) ? fromSchema(items) : fc.string(), { maxLength: 3 });
    case 'object':
      return recordsOf(schema);
    default:
      return fc.oneof(fc.boolean(), recordsOf({}));
  }
}

function rangeOf({ minimum = 0, maximum = 2 ** 31 - 1 }: JsonSchema) {
  const highest = 2 ** 31 - 1;
  return { min: Number(minimum), max: Math.min(Number(maximum), highest) };
}

function textsOf({ pattern, minLength = 1, maxLength = 16 }: JsonSchema): Arbitrary<string> {
  if (typeof pattern === 'string') {
    // What may not stand there is left to the field's own rule.
    return fc.stringMatching(new RegExp(pattern.replace(/\(\?![^)]*\)/, '')));
  }
  return fc.string({ minLength: Number(minLength), maxLength: Math.min(16, Number(maxLength)) });
}

function recordsOf({ additionalProperties }: JsonSchema): Arbitrary<unknown> {
  const values = isObject(additionalProperties) ? fromSchema(additionalProperties) : fc.string();
  const names = fc.stringMatching(/^[a-z]\w{0,8}$/);
  return fc.dictionary(names, values, { maxKeys: 3, noNullPrototype: true });
}

const demanded = ['name', 'image', 'technology'];

/** Without those fields that are refused beside the others; how many there are to run is kept small. */
function taken(drawn: JsonObject): JsonObject {
  const document: Record<string, unknown> = { ...drawn, count: 2 };
  for (const refused of faultsOf(document)) {
    if (demanded.includes(refused)) throw new Error(`${refused} of ${JSON.stringify(document)}`);
    delete document[refused];
  }
  return document;
}

function* faultsOf(document: JsonObject): Generator<string> {
  yield* validateSync(instanceOf(SubmitJob, document)).map(({ property }) => property);
  for (let refused = refusedIn(document); refused !== null; refused = refusedIn(document)) {
    yield refused;
  }
}

function refusedIn(document: JsonObject): string | null {
  try {
    jobOf(document as unknown as Body);
    return null;
  } catch (error) {
    if (!(error instanceof OakringError)) throw error;
    return error.field?.split('.')[0] ?? '';
  }
}
