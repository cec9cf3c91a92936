import { isJsonObject, type JsonObject } from '../text/canonical-json.js';

/**
 * The same schemas, which let an object have the members that they name and no others: what nobody gave a meaning is
 * nothing that a ledger says. Maps stay maps, and name what each of their entries must be: the patterns that TypeBox
 * writes for them leave out names with line ends, and JSON Schema leaves it to each reader which those are.
 */
export function closed<T extends object>(schemas: T): T {
  return eachOf(schemas, false);
}

/** Of one of them: the same maps, and objects that may have more members than those that are named. */
export function open(schema: object): object {
  return written(schema, undefined) as object;
}

type Others = false | undefined;

function eachOf<T extends object>(schemas: T, others: Others): T {
  const made = Object.entries(schemas).map(([type, schema]) => [type, written(schema, others)]);
  // Beside what it says of further members, each is as it was.
  return Object.fromEntries(made) as T;
}

function written(schema: unknown, others: Others): unknown {
  if (Array.isArray(schema)) return schema.map((each) => written(each, others));
  if (!isJsonObject(schema)) return schema;
  const { patternProperties, properties, items, anyOf } = schema;
  if (isJsonObject(patternProperties)) {
    const [entry] = Object.values(patternProperties);
    return { type: 'object', additionalProperties: written(entry, others) };
  }
  if (isJsonObject(properties)) return objectOf({ ...schema }, properties, others);
  if (items !== undefined) return { ...schema, items: written(items, others) };
  return anyOf === undefined ? { ...schema } : { ...schema, anyOf: written(anyOf, others) };
}

function objectOf(schema: JsonObject, properties: JsonObject, others: Others): JsonObject {
  const members = eachOf(properties, others);
  return others === undefined
    ? { ...schema, properties: members }
    : { ...schema, properties: members, additionalProperties: others };
}
