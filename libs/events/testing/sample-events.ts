import type { Randomness } from '@oakring/ports';
import type { TSchema } from 'typebox';
import type { JsonObject } from '../src/text/canonical-json.js';
import { eventSchemas, type DomainEvent, type EventType } from '../src/catalogue/catalogue.js';

/** Members of JSON Schema that the catalogue uses. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
}

const words = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjörd', 'grüße', '木'];

/** One event of each type, made from its schema with every optional member: for golden logs. */
export function sampleEvents(randomness: Randomness): DomainEvent[] {
  return Object.entries(eventSchemas).map(([type, schema]) => sample(type, schema, randomness));
}

function sample(type: string, schema: TSchema, randomness: Randomness): DomainEvent {
  const stream = `${streamOf(type)}${word(randomness)}`;
  // Types come from the catalogue itself, and the data from the type's own schema.
  const event = { stream, type: type as EventType, data: valueOf(schema as Schema, randomness) };
  return event as DomainEvent;
}

function streamOf(type: string): string {
  return type.startsWith('Node') ? 'nodes/' : 'jobs/';
}

function valueOf(schema: Schema, randomness: Randomness): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf !== undefined) {
    const choice = schema.anyOf[randomness.integer(schema.anyOf.length)];
    return choice === undefined ? null : valueOf(choice, randomness);
  }
  switch (schema.type) {
    case 'string':
      return `${word(randomness)}-${randomness.integer(1000)}`;
    case 'integer':
      return randomness.integer(100_000);
    case 'boolean':
      return randomness.integer(2) === 1;
    case 'null':
      return null;
    case 'array':
      return [0, 1].map(() => valueOf(schema.items ?? {}, randomness));
    case 'object':
      return objectOf(schema, randomness);
    default:
      // Anything goes: what a root or a worker sent along.
      return { note: word(randomness), nested: [1, null, { deep: word(randomness) }] };
  }
}

function objectOf(schema: Schema, randomness: Randomness): JsonObject {
  const members = Object.entries(schema.properties ?? {}).map(
    ([name, member]): [string, unknown] => [name, valueOf(member, randomness)],
  );
  const entry = schema.additionalProperties ?? false;
  if (entry !== false) {
    for (const name of ['zone', 'arch']) members.push([name, valueOf(entry, randomness)]);
  }
  return Object.fromEntries(members);
}

function word(randomness: Randomness): string {
  return words[randomness.integer(words.length)] ?? '';
}
