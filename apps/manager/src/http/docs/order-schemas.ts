import { defaultPolicy, reconcileChoices } from '@oakring/contracts';
import {
  id,
  natural,
  nullable,
  object,
  position,
  text,
  time,
  type SchemaObject,
} from './schema-parts.js';

const flag: SchemaObject = { type: 'boolean' };
const { onDisconnect, restart, update } = defaultPolicy;

/** What a job asks for when something fails: optional fields of its document. */
export const policyFields: Record<string, SchemaObject> = {
  one_shot: { ...flag, default: false, description: 'Exit code 0 completes an instance.' },
  onDisconnect: {
    ...object(
      {
        replace: flag,
        reconcile: { ...text, enum: [...reconcileChoices] },
        lostAfterMs: nullable({ ...natural, minimum: 500 }),
        stopOnWorkerAfterMs: nullable({
          ...natural,
          minimum: 10_000,
          description: 'The worker kills it without a grant for this long: it never runs twice.',
        }),
      },
      [],
    ),
    default: { ...onDisconnect },
  },
  restart: {
    ...object(
      { limit: nullable(natural), firstMs: natural, mostMs: natural, resetAfterMs: natural },
      [],
    ),
    default: { ...restart },
  },
  update: {
    ...object({ maxUnavailable: natural, healthyAfterMs: natural, rollback: flag }, []),
    default: { ...update },
  },
};

export const rollout = object({
  status: {
    ...text,
    enum: ['progressing', 'completed', 'rollingBack', 'rolledBack', 'failed'],
  },
  revision: natural,
  updated: natural,
  reason: nullable(text),
});

export const nodeFlags = object({
  cordoned: nullable(object({ since: time, reason: text })),
  draining: nullable(object({ deadline: time, force: flag })),
  quarantined: nullable(object({ since: time, reason: text, byRecord: flag })),
});

/** Bodies and answers of orders about nodes, and of the cluster as a whole. */
export const orderSchemas: Readonly<Record<string, SchemaObject>> = {
  NodeReason: object({ reason: text }, []),
  DrainNode: {
    ...object(
      { withinMs: { ...natural, default: 600_000 }, force: { ...flag, default: false } },
      [],
    ),
    description: 'With force, what is left at the deadline is stopped and placed elsewhere.',
  },
  NodeOrder: object({ id, position }),
  Cluster: object({
    clusterId: text,
    name: text,
    location: text,
    epoch: natural,
    position,
    storm: nullable(object({ since: time, reason: text })),
    nodes: { type: 'object', additionalProperties: natural },
  }),
};
