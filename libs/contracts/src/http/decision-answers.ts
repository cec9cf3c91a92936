import type { Resources } from '../resources/catalogue.js';
import { listOf, natural, nullable, oneOf, onlyTrue, recordOf, text, time } from './kinds.js';
import { resources } from './node-answers.js';
import { HeldPortAnswer } from './held-port.js';
import { NearestNode } from './planning-answers.js';
import { Field, Shape, shaped } from './shape.js';

@Shape({ name: 'FreedPlace' })
class FreedAnswer {
  @Field(text)
  readonly node: string;

  @Field(resources)
  readonly resources: Resources;

  @Field(listOf(text), { optional: true, says: 'Ports of the node.' })
  readonly ports?: readonly string[];
}

@Shape({ name: 'DecisionQuestion', says: 'What the scheduler was asked, but for the job.' })
class QuestionAnswer {
  @Field(natural)
  readonly revision: number;

  @Field(natural)
  readonly instances: number;

  @Field(listOf(text))
  readonly exclude: readonly string[];

  @Field(text, { optional: true, says: 'The node that whoever asked named.' })
  readonly worker?: string;

  @Field(shaped(FreedAnswer), { optional: true, says: 'What the instance to be replaced holds.' })
  readonly freed?: FreedAnswer;
}

@Shape({ name: 'DecisionReads', says: 'Beside the ledger, of the nodes whose room was looked at.' })
class ReadsAnswer {
  @Field(recordOf(resources), { says: 'In use by others than us.' })
  readonly foreign: Readonly<Record<string, Resources>>;

  @Field(recordOf(resources), { says: 'Taken by jobs that the same call planned before.' })
  readonly taken: Readonly<Record<string, Resources>>;

  @Field(recordOf(natural), { says: 'Instances of the job that were there.' })
  readonly present: Readonly<Record<string, number>>;

  @Field(recordOf(natural), {
    ...{ optional: true, says: 'Placements of such jobs that reserve none of something.' },
  })
  readonly placed?: Readonly<Record<string, number>>;

  @Field(recordOf(listOf(shaped(HeldPortAnswer))), {
    ...{ optional: true, says: 'Ports that such jobs took, of those that this one asks for.' },
  })
  readonly ports?: Readonly<Record<string, readonly HeldPortAnswer[]>>;
}

@Shape({ name: 'DecisionBasis', says: 'What a decision saw and how it was made.' })
export class BasisAnswer {
  @Field(text)
  readonly policy: string;

  @Field(natural)
  readonly seed: number;

  @Field(natural)
  readonly sawLedger: number;

  @Field(natural)
  readonly sawTelemetry: number;

  @Field(natural)
  readonly nodes: number;

  @Field(natural)
  readonly feasible: number;

  @Field(recordOf(natural))
  readonly filtered: Readonly<Record<string, number>>;

  @Field(shaped(QuestionAnswer), { optional: true, says: 'Not in decisions of before.' })
  readonly asked?: QuestionAnswer;

  @Field(shaped(ReadsAnswer), { optional: true, says: 'Absent as well where it is of too many.' })
  readonly reads?: ReadsAnswer;
}

@Shape({ name: 'PlacedInstance' })
export class PlacedAnswer {
  @Field(natural)
  readonly instance: number;

  @Field(natural)
  readonly generation: number;

  @Field(text)
  readonly nodeId: string;

  @Field(text, { says: 'One sentence: why this node.' })
  readonly reason: string;

  @Field(natural)
  readonly total: number;

  @Field(recordOf(natural))
  readonly scores: Readonly<Record<string, number>>;

  @Field(resources, { optional: true, says: 'Handed over by its predecessors there.' })
  readonly takesOver?: Resources;
}

/** What every decision begins with. */
class DecisionHead {
  @Field(text)
  readonly id: string;

  @Field(text)
  readonly job: string;

  @Field(time, { says: 'The leader’s clock at the commit.' })
  readonly at: string;

  @Field(natural)
  readonly position: number;

  @Field(text)
  readonly decisionId: string;
}

@Shape({ name: 'InstancesPlaced' })
export class PlacedDecision extends DecisionHead {
  @Field(oneOf(['InstancesPlaced']))
  readonly type: 'InstancesPlaced';

  @Field(shaped(BasisAnswer))
  readonly basis: BasisAnswer;

  @Field(listOf(shaped(PlacedAnswer)))
  readonly placements: readonly PlacedAnswer[];
}

@Shape({ name: 'PlacementRefused' })
export class RefusedDecision extends DecisionHead {
  @Field(oneOf(['PlacementRefused']))
  readonly type: 'PlacementRefused';

  @Field(nullable(shaped(BasisAnswer)))
  readonly basis: BasisAnswer | null;

  @Field(listOf(natural))
  readonly instances: readonly number[];

  @Field(text)
  readonly code: string;

  @Field(text)
  readonly detail: string;

  @Field(recordOf(natural), { says: 'How many nodes were passed over, by filter.' })
  readonly filtered: Readonly<Record<string, number>>;

  @Field(nullable(shaped(NearestNode)))
  readonly nearest: NearestNode | null;

  @Field(nullable(resources))
  readonly wouldFit: Resources | null;
}

@Shape({ name: 'MoveStarted' })
export class MoveDecision extends DecisionHead {
  @Field(oneOf(['MoveStarted']))
  readonly type: 'MoveStarted';

  @Field(nullable(shaped(BasisAnswer)))
  readonly basis: BasisAnswer | null;

  @Field(natural)
  readonly instance: number;

  @Field(text)
  readonly fromNodeId: string;

  @Field(natural)
  readonly fromGeneration: number;

  @Field(shaped(PlacedAnswer))
  readonly placement: PlacedAnswer;

  @Field(onlyTrue, { optional: true, says: 'A new one starts beside the old one: an update.' })
  readonly surge?: true;
}

@Shape({
  name: 'Decision',
  says: 'Everything recorded: placements with reasons and scores, or why there are none.',
  oneOf: [PlacedDecision, RefusedDecision, MoveDecision],
})
export class AnyDecision {}

export type DecisionAnswer = PlacedDecision | RefusedDecision | MoveDecision;
