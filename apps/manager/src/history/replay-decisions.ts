import {
  noResources,
  type JsonObject,
  type ProposedPlacement,
  type Resources,
} from '@oakring/contracts';
import {
  canonicalJson,
  decodeEvents,
  subjectOf,
  type Commit,
  type PlacedInstance,
  type StoredEvent,
} from '@oakring/events';
import { ClusterState, factsOf, foldCommit, revisionKey, takeChanges } from '@oakring/model';
import { isPolicy, jobsToPlan, NodeTable, planJobs, policy, type JobPlan } from '@oakring/planning';
import { seededRandomness } from '@oakring/ports';

/** A decision saw the ledger as it was at most so many commits before it. */
const mostCommitsBehind = 10_000;

type Decision = Extract<
  StoredEvent,
  { type: 'InstancesPlaced' | 'PlacementRefused' | 'MoveStarted' }
>;
type Basis = NonNullable<Decision['data']['basis']>;

export interface Replayed {
  readonly decision: string;
  readonly job: string;
  /** `incomplete`: not all that it read is on record. */
  readonly outcome: 'same' | 'differs' | 'incomplete';
  /** One sentence; for `same` an empty one. */
  readonly detail: string;
}

/**
 * Plans every decision of a ledger once more, from what is on record alone: the nodes and the job as
 * the ledger had them at the position that the decision saw, what it read beside the ledger, its
 * question, its seed. Whether the same came out, byte for byte.
 *
 * Commits are looked at ahead of the fold: a decision lies behind what it saw.
 */
export class DecisionReplay {
  private readonly state = new ClusterState(false);
  private readonly table = new NodeTable();
  private readonly ahead: { readonly commit: Commit; readonly events: readonly StoredEvent[] }[] =
    [];
  /** By the position that they saw. */
  private readonly waiting = new Map<number, Decision[]>();

  /** Takes in the next commit; tells of the decisions that it brings within reach. */
  next(commit: Commit): Replayed[] {
    const told: Replayed[] = [];
    const events = decodeEvents(commit);
    for (const event of events) if (isDecision(event)) told.push(...this.note(event));
    this.ahead.push({ commit, events });
    return this.ahead.length > mostCommitsBehind ? [...told, ...this.fold()] : told;
  }

  /** There are no more commits. */
  *end(): Generator<Replayed> {
    while (this.ahead.length > 0) yield* this.fold();
  }

  private note(decision: Decision): Replayed[] {
    const { basis } = decision.data;
    if (basis === null) return [];
    const missing = missingOf(basis);
    if (missing !== null) return [toldOf(decision, 'incomplete', missing)];
    if (basis.sawLedger <= this.state.head.position) {
      return [toldOf(decision, 'incomplete', `It saw position ${basis.sawLedger}, long before.`)];
    }
    const others = this.waiting.get(basis.sawLedger) ?? [];
    this.waiting.set(basis.sawLedger, [...others, decision]);
    return [];
  }

  private fold(): Replayed[] {
    const next = this.ahead.shift();
    if (next === undefined) return [];
    const { commit, events } = next;
    foldCommit(this.state, commit, events);
    const decisions = this.waiting.get(commit.position) ?? [];
    this.waiting.delete(commit.position);
    if (decisions.length > 0) this.catchUp();
    return decisions.map((decision) => this.replay(decision));
  }

  private catchUp(): void {
    const { nodes } = this.state;
    const isFirst = this.table.position === 0;
    const changed = takeChanges(this.state).nodes;
    this.table.apply({
      ...{ position: this.state.head.position, telemetry: 0, complete: isFirst, foreign: [] },
      nodes: isFirst
        ? Array.from(nodes.values(), factsOf)
        : [...changed].flatMap((id) => nodes.get(id) ?? []).map(factsOf),
      removed: [...changed].filter((id) => nodes.get(id) === undefined),
    });
  }

  private replay(decision: Decision): Replayed {
    const { basis } = decision.data;
    const { asked: question, reads, policy: by } = basis ?? {};
    if (basis === null || !question || !reads || by === undefined || !isPolicy(by)) {
      return toldOf(decision, 'incomplete', 'Not all that it read is on record.');
    }
    const document = this.documentOf(subjectOf(decision), question.revision);
    if (document === null) {
      return toldOf(decision, 'incomplete', 'Its job was another one at the position that it saw.');
    }
    const { foreign, present, taken, placed = {}, ports = {} } = reads;
    const asked = { ...question, job: document, present, seed: basis.seed };
    const [job] = jobsToPlan([asked], () => basis.seed);
    if (job === undefined) return toldOf(decision, 'incomplete', 'It asked for nothing.');
    this.load(foreign);
    const before = {
      ...job,
      ...{ taken: new Map(Object.entries(taken)), placed: new Map(Object.entries(placed)) },
      ports: new Map(Object.entries(ports)),
    };
    const [plan] = planJobs(this.table, [before], seededRandomness, by);
    this.load(Object.fromEntries(Object.keys(foreign).map((id) => [id, noResources])));
    const difference = plan === undefined ? 'no plan' : differenceOf(decision, basis, plan);
    if (difference === null) return toldOf(decision, 'same', '');
    return toldOf(decision, 'differs', `A replay gives ${difference}.`);
  }

  private load(foreign: Readonly<Record<string, Resources>>): void {
    this.table.apply({
      ...{ position: this.table.position, telemetry: 0, complete: false, nodes: [], removed: [] },
      foreign: Object.entries(foreign).map(([id, resources]) => ({ id, resources })),
    });
  }

  private documentOf(id: string, revision: number): (JsonObject & { readonly id: string }) | null {
    const job = this.state.jobs.get(id);
    const former = this.state.revisions.get(revisionKey(id, revision));
    const document = job?.revision === revision ? job.document : former?.document;
    return document === undefined ? null : { ...document, id };
  }
}

function missingOf({ asked, reads, policy: made }: Basis): string | null {
  if (asked === undefined) return 'It is from before all that a decision reads was put on record.';
  if (reads === undefined) return 'It read more nodes than are put on record.';
  return isPolicy(made) ? null : `It was made by ${made}; this software plans by ${policy}.`;
}

/** What came out otherwise, in a few words; null: nothing. */
function differenceOf(decision: Decision, basis: Basis, plan: JobPlan): string | null {
  const { nodes, feasible, filtered } = basis;
  if (!isSame({ nodes, feasible, filtered }, plan.considered)) {
    return `other nodes: ${canonicalJson({ ...plan.considered })}`;
  }
  if (decision.type !== 'PlacementRefused') return differenceOfPlaces(decision, plan);
  const { code, detail, filtered: passedOver, nearest, wouldFit } = decision.data;
  if (isSame({ code, detail, filtered: passedOver, nearest, wouldFit }, plan.refusal)) return null;
  return plan.refusal === null ? 'no refusal' : `another refusal: ${plan.refusal.detail}`;
}

/** What no longer held when it was applied is missing in the decision: the rest is in its order. */
function differenceOfPlaces(
  { data }: Exclude<Decision, { type: 'PlacementRefused' }>,
  { placements }: JobPlan,
): string | null {
  let left = [...placements];
  for (const placed of 'placements' in data ? data.placements : [data.placement]) {
    const at = left.findIndex((planned) => isPlace(placed, planned));
    if (at === -1) return `another place than ${placed.nodeId} for instance ${placed.instance}`;
    left = left.slice(at + 1);
  }
  return null;
}

/** One that waits for its predecessor's end says so behind its reason. */
function isPlace(placed: PlacedInstance, planned: ProposedPlacement): boolean {
  const { nodeId, total, scores, reason, takesOver } = placed;
  if (!isSame({ nodeId, total, scores }, placeOf(planned))) return false;
  return takesOver === undefined
    ? reason === planned.reason
    : reason.startsWith(`${planned.reason};`);
}

function placeOf({ nodeId, total, scores }: ProposedPlacement): object {
  return { nodeId, total, scores };
}

function isSame(one: object, other: object | null): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function toldOf(decision: Decision, outcome: Replayed['outcome'], detail: string): Replayed {
  return { decision: decision.data.decisionId, job: subjectOf(decision), outcome, detail };
}

function isDecision(event: StoredEvent): event is Decision {
  const { type } = event;
  return type === 'InstancesPlaced' || type === 'PlacementRefused' || type === 'MoveStarted';
}
