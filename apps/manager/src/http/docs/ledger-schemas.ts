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
const anything: SchemaObject = { type: 'object', additionalProperties: true };

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
    points: listOf(object({ at: time, count: natural, cpu: anything, memory: anything })),
    readingsShed: natural,
  }),
  Diff: object({
    from: moment,
    to: moment,
    items: listOf(object({ view: text, key: text, change: text, fields: anything })),
    more: { type: 'boolean' },
  }),
};
