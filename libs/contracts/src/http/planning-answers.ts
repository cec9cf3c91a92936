import type { JsonObject } from '../parsing/parsing.js';
import type { Resources } from '../resources/catalogue.js';
import { FieldWarning } from './answers.js';
import {
  anyObject,
  flag,
  listOf,
  natural,
  nullable,
  number,
  oneOf,
  onlyTrue,
  recordOf,
  text,
} from './kinds.js';
import { nodeStatuses, resources, type NodeStatus } from './node-answers.js';
import { HeldPortAnswer } from './held-port.js';
import { Field, Shape, shaped } from './shape.js';

@Shape({ name: 'NodeFacts', says: 'What placement knows of a node.' })
export class NodeFactsAnswer {
  @Field(text)
  readonly id: string;

  @Field(oneOf(nodeStatuses))
  readonly status: NodeStatus;

  @Field(listOf(text))
  readonly technologies: readonly string[];

  @Field(nullable(text))
  readonly architecture: string | null;

  @Field(recordOf(text))
  readonly labels: Readonly<Record<string, string>>;

  @Field(resources)
  readonly capacity: Resources;

  @Field(resources)
  readonly reserved: Resources;

  @Field(flag, { says: 'False: cordoned, draining or in quarantine; nothing new is placed.' })
  readonly open: boolean;

  @Field(flag)
  readonly enforcesStop: boolean;

  @Field(text, { optional: true, says: 'What its machine is called.' })
  readonly name?: string;

  @Field(listOf(text), { optional: true })
  readonly addons?: readonly string[];

  @Field(listOf(text), { optional: true, says: 'Of volumes.' })
  readonly drivers?: readonly string[];

  @Field(listOf(text), { optional: true, says: 'What it can do beside, such as `docker:ports`.' })
  readonly features?: readonly string[];

  @Field(listOf(text), { optional: true, says: 'Folders that jobs may be given.' })
  readonly hostPaths?: readonly string[];

  @Field(listOf(text), { optional: true, says: 'Names of credentials that its worker keeps.' })
  readonly registries?: readonly string[];

  @Field(natural, {
    optional: true,
    says: 'MiB that must be free on its disk, where less is: it starts nothing new.',
  })
  readonly diskLacks?: number;

  @Field(listOf(shaped(HeldPortAnswer)), { optional: true })
  readonly ports?: readonly HeldPortAnswer[];

  @Field(natural, { optional: true, says: 'Placements there, whatever they reserve.' })
  readonly placements?: number;
}

@Shape({ name: 'ForeignLoad', says: 'Use of a node that is not our instances’.' })
export class ForeignLoadAnswer {
  @Field(text)
  readonly id: string;

  @Field(resources)
  readonly resources: Resources;
}

@Shape({ name: 'NodeChanges', says: 'What the copy of a scheduler lacks.' })
export class NodeChangesAnswer {
  @Field(natural, { says: 'Ledger position that the answer reflects.' })
  readonly position: number;

  @Field(natural, { says: 'Number of the newest reading that the answer reflects.' })
  readonly telemetry: number;

  @Field(flag, { says: 'The copy is to be dropped and rebuilt from this answer.' })
  readonly complete: boolean;

  @Field(listOf(shaped(NodeFactsAnswer)))
  readonly nodes: readonly NodeFactsAnswer[];

  @Field(listOf(text))
  readonly removed: readonly string[];

  @Field(listOf(shaped(ForeignLoadAnswer)))
  readonly foreign: readonly ForeignLoadAnswer[];
}

@Shape()
export class PlannedPlacement {
  @Field(natural)
  readonly instance: number;

  @Field(text)
  readonly nodeId: string;

  @Field(text, { says: 'One sentence for a person.' })
  readonly reason: string;

  @Field(number, { says: 'Weighted, 0–100.' })
  readonly total: number;

  @Field(recordOf(number), { says: 'Each score before weighting, 0–100.' })
  readonly scores: Readonly<Record<string, number>>;
}

@Shape()
export class NearestNode {
  @Field(text)
  readonly nodeId: string;

  @Field(resources)
  readonly lacking: Resources;
}

/** Why a plan has no place for an instance. */
export const planRefusalCodes = [
  'no-nodes',
  'no-capacity',
  'no-qualified-node',
  'no-such-node',
] as const;

@Shape({ name: 'PlanRefusal', says: 'Why fewer could be placed than were wanted.' })
export class PlanRefusal {
  @Field(oneOf(planRefusalCodes))
  readonly code: (typeof planRefusalCodes)[number];

  @Field(text)
  readonly detail: string;

  @Field(recordOf(natural), { says: 'Nodes that were passed over, by filter.' })
  readonly filtered: Readonly<Record<string, number>>;

  @Field(nullable(shaped(NearestNode)))
  readonly nearest: NearestNode | null;

  @Field(nullable(resources), {
    says: 'The largest request that would fit the nearest node now; null as well where it has none.',
  })
  readonly wouldFit: Resources | null;
}

@Shape()
export class Considered {
  @Field(natural)
  readonly nodes: number;

  @Field(natural)
  readonly feasible: number;

  @Field(recordOf(natural))
  readonly filtered: Readonly<Record<string, number>>;
}

@Shape({ says: 'What the scheduler saw.' })
export class SeenPositions {
  @Field(natural)
  readonly ledger: number;

  @Field(natural)
  readonly telemetry: number;
}

@Shape({ name: 'DryRun', says: 'Where the job would go, and why. Nothing is written.' })
export class DryRunAnswer {
  @Field(onlyTrue)
  readonly dryRun: true;

  @Field(anyObject)
  readonly job: JsonObject;

  @Field(natural)
  readonly desired: number;

  @Field(natural, { says: 'The ledger position that was looked at.' })
  readonly position: number;

  @Field(listOf(text))
  readonly workers: readonly string[];

  @Field(listOf(shaped(PlannedPlacement)))
  readonly placements: readonly PlannedPlacement[];

  @Field(nullable(shaped(PlanRefusal)))
  readonly refusal: PlanRefusal | null;

  @Field(nullable(text))
  readonly policy: string | null;

  @Field(nullable(natural))
  readonly seed: number | null;

  @Field(nullable(shaped(Considered)))
  readonly considered: Considered | null;

  @Field(nullable(shaped(SeenPositions)))
  readonly positions: SeenPositions | null;

  @Field(listOf(shaped(FieldWarning)), { optional: true })
  readonly warnings?: readonly FieldWarning[];
}
