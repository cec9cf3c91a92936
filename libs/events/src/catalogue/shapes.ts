import {
  resourceCatalogue,
  resourceNames,
  type ResourceKind,
  type Resources,
} from '@oakring/contracts';
import { Type, type Static } from 'typebox';

/** Building blocks of event schemas. Every number is an integer below 2^53. */
export const id = Type.String({ minLength: 1, maxLength: 256 });
export const text = Type.String({ maxLength: 8192 });
export const natural = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Of the catalogue of resources; those that are not everywhere may be absent, and are 0 then. */
export const resources = Type.Unsafe<Resources>(
  Type.Object(
    Object.fromEntries(
      resourceNames.map((name) => {
        const { everywhere }: ResourceKind = resourceCatalogue[name];
        return [name, everywhere ? natural : Type.Optional(natural)];
      }),
    ),
  ),
);
export const labels = Type.Record(Type.String(), Type.String());
export const document = Type.Record(Type.String(), Type.Unknown());
export const commandKind = Type.Union([
  Type.Literal('deploy'),
  Type.Literal('delete'),
  Type.Literal('move'),
  Type.Literal('replicate'),
]);
export const placedInstance = Type.Object({
  instance: natural,
  generation: natural,
  nodeId: id,
  /** One sentence: why this node. */
  reason: text,
  total: natural,
  scores: Type.Record(Type.String(), natural),
  /** Of what it reserves, this is handed over by its predecessors there as they end; it starts then. */
  takesOver: Type.Optional(resources),
});
/** What a decision saw and how it was made, so that it can be repeated. */
export const decisionBasis = Type.Object({
  policy: text,
  seed: natural,
  sawLedger: natural,
  sawTelemetry: natural,
  nodes: natural,
  feasible: natural,
  filtered: Type.Record(Type.String(), natural),
  /** The question. Absent before 5. */
  asked: Type.Optional(
    Type.Object({
      revision: natural,
      instances: natural,
      exclude: Type.Array(id),
      worker: Type.Optional(id),
      /** `ports`: absent before 6, and where there are none. */
      freed: Type.Optional(
        Type.Object({ node: id, resources, ports: Type.Optional(Type.Array(Type.String())) }),
      ),
    }),
  ),
  /** Beside the ledger, of the nodes whose room was looked at. Absent before 5, and where they were too many. */
  reads: Type.Optional(
    Type.Object({
      foreign: Type.Record(Type.String(), resources),
      taken: Type.Record(Type.String(), resources),
      present: Type.Record(Type.String(), natural),
      /** Absent before 6, and where there is nothing of it. */
      placed: Type.Optional(Type.Record(Type.String(), natural)),
      ports: Type.Optional(
        Type.Record(Type.String(), Type.Array(Type.Object({ port: text, job: id }))),
      ),
    }),
  ),
});
export type DecisionBasis = Static<typeof decisionBasis>;
export type PlacedInstance = Static<typeof placedInstance>;
/** What a job asks for when something fails: `JobPolicy` of the contracts. */
const jobPolicy = Type.Object({
  onDisconnect: Type.Object({
    replace: Type.Boolean(),
    reconcile: Type.Union([
      Type.Literal('keepReplacement'),
      Type.Literal('keepOriginal'),
      Type.Literal('longestRunning'),
    ]),
    lostAfterMs: Type.Union([natural, Type.Null()]),
    stopOnWorkerAfterMs: Type.Union([natural, Type.Null()]),
  }),
  restart: Type.Object({
    limit: Type.Union([natural, Type.Null()]),
    firstMs: natural,
    mostMs: natural,
    resetAfterMs: natural,
  }),
  update: Type.Object({
    maxUnavailable: natural,
    healthyAfterMs: natural,
    rollback: Type.Boolean(),
    /** Absent before 6: 0, and null. */
    surge: Type.Optional(natural),
    placeWithinMs: Type.Optional(Type.Union([natural, Type.Null()])),
  }),
  oneShot: Type.Boolean(),
});
/** Its parts that are not as usual (spoken-policy.ts). */
export const spokenJobPolicy = Type.Partial(jobPolicy);
