import type { JsonObject } from '../parsing/parsing.js';
import type { Resources } from '../resources/catalogue.js';
import type { NodeStatus } from './node-answers.js';

/** Where the manager asks the scheduler. */
export const schedulePath = 'api/v1/schedule';
/** Where the scheduler asks the manager. */
export const nodeChangesPath = 'api/v1/node-changes';

/** What placement knows of a node; the element of the node view's changes. */
export interface NodeFacts {
  readonly id: string;
  readonly status: NodeStatus;
  readonly technologies: readonly string[];
  readonly architecture: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: Resources;
  readonly reserved: Resources;
  /** False: cordoned, draining or in quarantine; nothing new is placed. */
  readonly open: boolean;
  readonly enforcesStop: boolean;
  /** What its machine is called. */
  readonly name?: string;
  /** Absent: none. */
  readonly addons?: readonly string[];
  readonly drivers?: readonly string[];
  /** What it can do beside starting and stopping, by technology: `docker:ports`. Absent: none of it. */
  readonly features?: readonly string[];
  /** Folders of the machine below which jobs may be given one. Absent: none. */
  readonly hostPaths?: readonly string[];
  /** Names of credentials that its worker keeps. Absent: none. */
  readonly registries?: readonly string[];
  /** MiB that must be free on its disk, where less is: it starts nothing new. Absent or 0: it does. */
  readonly diskLacks?: number;
  /** Ports that placements there have. Absent: none. */
  readonly ports?: readonly HeldPort[];
  /** Placements there, whatever they reserve. Absent: of a manager of before, none is known. */
  readonly placements?: number;
}

/** A port of a node that a placement has. */
export interface HeldPort {
  /** `8080/tcp`, `127.0.0.1:8080/tcp`. */
  readonly port: string;
  /** Whose placement it is. */
  readonly job: string;
}

/** Foreign load of a node: use that is not our own instances', as its newest reading shows it. */
export interface ForeignLoad {
  readonly id: string;
  readonly resources: Resources;
}

/**
 * The answer at `nodeChangesPath`, `?since=<position>&telemetrySince=<number>`: the scheduler's food.
 * `complete: true` means that the copy is to be dropped and rebuilt from this answer.
 */
export interface NodeChanges {
  /** Ledger position that the answer reflects. */
  readonly position: number;
  /** Number of the newest reading that the answer reflects. */
  readonly telemetry: number;
  readonly complete: boolean;
  readonly nodes: readonly NodeFacts[];
  readonly removed: readonly string[];
  readonly foreign: readonly ForeignLoad[];
}

/**
 * What a decision read beside the ledger, of the nodes whose room it looked at: with the nodes as the
 * ledger has them it is all that a replay needs. What is 0 is left out.
 */
export interface DecisionReads {
  /** In use by others than us. */
  readonly foreign: Readonly<Record<string, Resources>>;
  /** Taken by jobs that the same call planned before this one. */
  readonly taken: Readonly<Record<string, Resources>>;
  /** Instances of the job that were there. */
  readonly present: Readonly<Record<string, number>>;
  /** Placements of such jobs that reserve none of something. Absent: none. */
  readonly placed?: Readonly<Record<string, number>>;
  /** Ports that such jobs took, of those that this one asks for. Absent: none. */
  readonly ports?: Readonly<Record<string, readonly HeldPort[]>>;
}

/** What an instance to be replaced holds, and where. */
export type FreedThere = {
  readonly node: string;
  readonly resources: Resources;
  /** Absent: none. */
  readonly ports?: readonly string[];
};

/** What a decision was asked, but for the job and what each node has of it. */
export interface DecisionQuestion {
  readonly instances: number;
  readonly exclude: readonly string[];
  readonly worker?: string;
  readonly revision?: number;
  readonly freed?: FreedThere;
}

/** Why nodes were passed over, by filter. */
export type FilterCounts = Readonly<Record<string, number>>;

export interface PlacementScore {
  /** Weighted, 0–100. */
  readonly total: number;
  /** Each score before weighting, 0–100. */
  readonly scores: Readonly<Record<string, number>>;
}

export interface ProposedPlacement extends PlacementScore {
  readonly nodeId: string;
  /** One sentence for a person. */
  readonly reason: string;
}

export interface PlacementRefusal {
  readonly code: 'no-nodes' | 'no-capacity' | 'no-qualified-node' | 'no-such-node';
  /** One sentence: counts per filter, the nearest node, the smallest change that would make it fit. */
  readonly detail: string;
  readonly filtered: FilterCounts;
  readonly nearest: { readonly nodeId: string; readonly lacking: Resources } | null;
  /** The largest request that would fit the nearest node now; null: capacity is not the reason, or it has none of what lacks. */
  readonly wouldFit: Resources | null;
}

/** One answer of `POST /api/v1/schedule`, in the order of the jobs asked. */
export interface ScheduleAnswer {
  /** One entry per placement: ids of the chosen nodes. */
  readonly workers: readonly string[];
  readonly job: JsonObject & { readonly id: string };
  readonly placements: readonly ProposedPlacement[];
  /** Set when fewer than `instances` could be placed. */
  readonly refusal: PlacementRefusal | null;
  readonly policy: string;
  readonly seed: number;
  readonly considered: {
    readonly nodes: number;
    readonly feasible: number;
    readonly filtered: FilterCounts;
  };
  /** A scheduler of before says none. */
  readonly asked?: DecisionQuestion;
  /** Null: of too many nodes to be put on record; the decision cannot be replayed. */
  readonly reads?: DecisionReads | null;
  /** What the scheduler saw. */
  readonly positions: { readonly ledger: number; readonly telemetry: number };
}

export interface ScheduleAnswers {
  readonly answers: readonly ScheduleAnswer[];
}
