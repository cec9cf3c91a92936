import {
  allResources,
  id,
  labels,
  listOf,
  natural,
  nullable,
  object,
  position,
  technology,
  text,
  time,
  warnings,
  type SchemaObject,
} from './schema-parts.js';

const numbers: SchemaObject = { type: 'object', additionalProperties: { type: 'number' } };
const byFilter: SchemaObject = { type: 'object', additionalProperties: natural };
const document: SchemaObject = {
  ...object({ id }),
  additionalProperties: true,
};
const yes: SchemaObject = { type: 'boolean' };

const proposed = {
  nodeId: id,
  reason: { ...text, description: 'One sentence for a person.' },
  total: { type: 'number', description: 'Weighted, 0 to 100.' },
  scores: { ...numbers, description: 'Each before weighting, 0 to 100.' },
} satisfies Record<string, SchemaObject>;

const lacking = {
  filtered: { ...byFilter, description: 'How many nodes were passed over, by filter.' },
  nearest: nullable(object({ nodeId: id, lacking: allResources })),
  wouldFit: nullable(allResources),
};

const placedMembers = {
  ...{ instance: natural, generation: natural, nodeId: id, reason: text, total: natural },
  scores: byFilter,
  takesOver: { ...allResources, description: 'Handed over by its predecessors there.' },
};
const placed = object(
  placedMembers,
  Object.keys(placedMembers).filter((name) => name !== 'takesOver'),
);

const basis = object({
  ...{ policy: text, seed: natural, sawLedger: natural, sawTelemetry: natural },
  ...{ nodes: natural, feasible: natural, filtered: byFilter },
});

function decision(type: string, members: Record<string, SchemaObject>): SchemaObject {
  const named: SchemaObject = { ...text, enum: [type] };
  return object({
    ...{ id: text, type: named, job: id, at: time, position, decisionId: text },
    ...members,
  });
}

/** Where something is placed, or would be, and why. */
export const decisionSchemas: Readonly<Record<string, SchemaObject>> = {
  DryRun: {
    ...object(
      {
        ...{ dryRun: { ...yes, enum: [true] }, job: document, desired: natural, position },
        workers: listOf(id),
        placements: listOf(object({ instance: natural, ...proposed })),
        refusal: nullable(object({ code: text, detail: text, ...lacking })),
        policy: nullable(text),
        seed: nullable(natural),
        considered: nullable(object({ nodes: natural, feasible: natural, filtered: byFilter })),
        positions: nullable(object({ ledger: natural, telemetry: natural })),
        warnings,
      },
      [
        ...['dryRun', 'job', 'desired', 'position', 'workers', 'placements', 'refusal'],
        ...['policy', 'seed', 'considered', 'positions'],
      ],
    ),
    description: 'Where the job would go, and why.',
  },
  Decision: {
    oneOf: [
      decision('InstancesPlaced', { basis, placements: listOf(placed) }),
      decision('PlacementRefused', {
        ...{ basis: nullable(basis), instances: listOf(natural), code: text, detail: text },
        ...lacking,
      }),
      decision('MoveStarted', {
        ...{ basis: nullable(basis), instance: natural, fromNodeId: id, fromGeneration: natural },
        placement: placed,
      }),
    ],
    description: 'Everything recorded: placements with reasons and scores, or why there are none.',
  },
  NodeChanges: {
    ...object({
      ...{ position, telemetry: natural, complete: yes, removed: listOf(id) },
      nodes: listOf(
        object({
          ...{ id, status: text, technologies: listOf(technology), architecture: nullable(text) },
          ...{ labels, capacity: allResources, reserved: allResources, open: yes },
          enforcesStop: yes,
        }),
      ),
      foreign: listOf(object({ id, resources: allResources })),
    }),
    description: 'What the copy of a scheduler lacks.',
  },
};
