import { resourceNames, technologies } from '@oakring/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';

export type SchemaObject = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;

export const id: SchemaObject = { type: 'string', pattern: '^(?!\\.\\.?$)[A-Za-z0-9._-]{1,128}$' };
export const natural: SchemaObject = { type: 'integer', minimum: 0 };
export const text: SchemaObject = { type: 'string' };
export const time: SchemaObject = { type: 'string', format: 'date-time' };
export const position: SchemaObject = { ...natural, description: 'Position in the ledger.' };
export const resources: SchemaObject = {
  type: 'object',
  properties: Object.fromEntries(resourceNames.map((name) => [name, natural])),
  example: { cpuMillis: 250, memoryMiB: 128 },
};
export const allResources: SchemaObject = { ...resources, required: ['cpuMillis', 'memoryMiB'] };
export const labels: SchemaObject = {
  type: 'object',
  additionalProperties: text,
  example: { room: 'hall' },
};

export const technology: SchemaObject = { type: 'string', enum: [...technologies] };
export const jobStatus: SchemaObject = {
  type: 'string',
  enum: ['active', 'completed', 'deleting'],
};

export function object(
  properties: Record<string, SchemaObject>,
  required?: string[],
): SchemaObject {
  return { type: 'object', properties, required: required ?? Object.keys(properties) };
}

export function nullable(schema: SchemaObject): SchemaObject {
  // OpenAPI 3.1 is JSON Schema: null is a type.
  return 'type' in schema && typeof schema.type === 'string' && schema.enum === undefined
    ? ({ ...schema, type: [schema.type, 'null'] } as unknown as SchemaObject)
    : { oneOf: [schema, { type: 'null' as never }] };
}

export function listOf(items: SchemaObject): SchemaObject {
  return { type: 'array', items };
}

export const warnings: SchemaObject = {
  ...listOf(object({ field: text, nearest: nullable(text), detail: text })),
  description: 'Fields of the document that are not used, each with the nearest known one.',
};

export function page(items: SchemaObject): SchemaObject {
  const next: SchemaObject = { ...text, description: 'The cursor of the following page.' };
  return object({ items: listOf(items), position, next }, ['items', 'position']);
}

const instanceStatus = {
  type: 'string',
  enum: [
    'pending',
    'placed',
    'starting',
    'running',
    'completed',
    'failed',
    'stopping',
    'stopped',
    'unknown',
    'lost',
  ],
} satisfies SchemaObject;

/** Instances by status; those with none are left out. */
export const counts: SchemaObject = {
  type: 'object',
  properties: Object.fromEntries(instanceStatus.enum.map((status) => [status, natural])),
};

export const instance = object(
  {
    number: natural,
    generation: { ...natural, description: 'Grows with every placement, from 1; 0 before.' },
    status: instanceStatus,
    nodeId: nullable(text),
    confirmed: { type: 'boolean', description: 'False while only the broker’s word says so.' },
    reason: nullable({ ...text, description: 'Why there, or why not.' }),
    decision: nullable({ ...text, description: 'GET /api/v1/decisions/{id}' }),
    since: time,
    revision: { ...natural, description: 'Of the job, that it runs; 0 before it is placed.' },
    failures: { ...natural, description: 'In a row.' },
    crashLooping: { type: 'boolean' },
    givenUp: { type: 'boolean' },
    attempts: listOf(object({ generation: natural, nodeId: id, at: time, reason: text })),
    movingTo: object({ nodeId: id, generation: natural }),
    replaces: listOf(object({ nodeId: id, generation: natural })),
  },
  [
    ...['number', 'generation', 'status', 'nodeId', 'confirmed', 'reason', 'decision'],
    ...['revision', 'failures', 'crashLooping'],
  ],
);

export const jobHead = {
  id,
  name: text,
  image: text,
  technology,
  status: jobStatus,
  desired: natural,
  position,
};
