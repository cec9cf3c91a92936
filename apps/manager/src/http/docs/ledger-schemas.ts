import {
  listOf,
  natural,
  nullable,
  object,
  position,
  text,
  time,
  type SchemaObject,
} from './schema-parts.js';

const moment = object({ position, at: time });
const percent: SchemaObject = { type: 'number', minimum: 0, maximum: 100 };
const span = object({ min: percent, avg: percent, max: percent });
const change = object({
  view: text,
  key: text,
  change: { ...text, enum: ['added', 'removed', 'changed'] },
  fields: {
    type: 'object',
    description: 'By name; null where it is not there.',
    additionalProperties: object({ before: {}, after: {} }),
  },
});

/** Bodies and answers about the ledger as evidence, and about the past. */
export const ledgerSchemas: Readonly<Record<string, SchemaObject>> = {
  JudgeKey: {
    ...object({ by: text, signature: text }),
    description: 'A statement signed elsewhere; without a body the leader signs.',
  },
  KeyJudged: object({ fingerprint: text, status: text }),
  LedgerKeys: object({
    clusterId: text,
    position,
    sealed: nullable(position),
    items: listOf(
      object({
        fingerprint: text,
        publicKey: nullable(text),
        status: { ...text, enum: ['presented', 'counts', 'revoked'] },
        by: nullable(text),
        position,
      }),
    ),
  }),
  NodeTelemetry: object({
    nodeId: text,
    from: time,
    to: time,
    stepMs: natural,
    points: listOf(object({ at: time, count: natural, cpu: span, memory: span })),
    readingsShed: natural,
  }),
  Diff: object({
    from: moment,
    to: moment,
    items: listOf(change),
    more: { type: 'boolean' },
  }),
};
