import {
  instanceKey,
  nameOf,
  placementKey,
  type ClusterState,
  type NodeRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { DoubtfulInstance } from '../wires/dialect.port.js';
import { countAt, noEvidence, type Evidence } from './evidence.js';
import type { Pace } from './pace.js';

/** Instances that nobody ordered there, remembered of a node. */
const maxStrangers = 100;
/** Of what was known before this sight began. */
const longAgo = { sinceMs: Number.NEGATIVE_INFINITY, lastMs: 0 };

interface Named {
  readonly name: string;
  readonly instance: number;
}

/** Of calm lists. */
export interface Listed {
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly disturbance: number;
  readonly count: number;
}

/** Something that is listed and is none of the node's placements. */
export interface Stranger extends Named, Listed {}

/** A placement of a node, as its worker names it, and the texts by which it is found: made once. */
export interface Placed extends Named {
  readonly label: string;
  readonly key: string;
  readonly instanceKey: string;
}

/** A placement, and what was seen of it on the node that it is on. */
export interface Known {
  readonly key: string;
  readonly placement: PlacementRecord;
  readonly evidence: Evidence | undefined;
}

/** What one start of a node's worker shows and says: forgotten with the start, and with the term. */
export class NodeSight {
  readonly evidence = new Map<string, Evidence>();
  readonly strangers = new Map<string, Stranger>();
  /** What is listed and cannot be told: `<name>/<number>`, `?` for what is not known of it. */
  readonly unreadable = new Map<string, Listed>();
  /** When another set of these was told last. */
  unreadableToldMs = Number.NEGATIVE_INFINITY;
  /** Commands of it that are not decided yet; what is heard meanwhile is judged after. */
  underWay = 0;
  isDue = false;
  /** What was last told, and until when the same is not told again. */
  told: { readonly what: string; readonly untilMs: number; readonly waitMs: number } | null = null;
  private record: NodeRecord | null = null;
  private all: readonly Placed[] = [];
  private byName = new Map<string, Map<number, Placed>>();

  constructor(
    readonly incarnation: number,
    readonly pace: Pace,
    /** What the views say that it lists and cannot be told: until its lists are without it. */
    unreadable: readonly string[],
  ) {
    for (const label of unreadable) {
      this.unreadable.set(label, { ...longAgo, disturbance: 0, count: 0 });
    }
  }

  /** Nothing of its name and number is there that was placed before it: only the first one is ordered. */
  isFirst(
    state: ClusterState,
    node: NodeRecord,
    { job, number, generation }: Pick<PlacementRecord, 'job' | 'number' | 'generation'>,
  ): boolean {
    const first = this.find(state, node, { name: nameOfJob(state, job), instance: number });
    return first?.key === placementKey(job, number, generation);
  }

  /**
   * The placement that a name and number mean. Of two of an instance on one node nothing is ordered of the
   * later one before the earlier one has ended, so it is the earlier one.
   */
  find(state: ClusterState, node: NodeRecord, { name, instance }: Named): Placed | undefined {
    // A node's record changes with each placement that comes or goes.
    if (this.record !== node) this.lookAt(state, node);
    return this.byName.get(name)?.get(instance);
  }

  placed(state: ClusterState, node: NodeRecord): readonly Placed[] {
    if (this.record !== node) this.lookAt(state, node);
    return this.all;
  }

  of(key: string): Evidence {
    const known = this.evidence.get(key);
    if (known !== undefined) return known;
    const evidence = noEvidence();
    this.evidence.set(key, evidence);
    return evidence;
  }

  /** Listed, and no placement: noted by a calm list. */
  noteStranger(name: string, instance: number, nowMs: number): void {
    const key = `${name}/${instance}`;
    const known = this.strangers.get(key);
    if (known === undefined && this.strangers.size >= maxStrangers) return;
    this.strangers.set(key, { name, instance, ...this.listed(known, nowMs) });
  }

  /** Not for a silence: two lists of each runtime must have come without them, undisturbed. */
  forgetStrangers(runtimes: number): void {
    const lists = 2 * runtimes;
    for (const noted of [this.strangers, this.unreadable]) {
      for (const [key, at] of noted) {
        if (this.pace.count - countAt(at, this.pace) >= lists) noted.delete(key);
      }
    }
  }

  /** Listed by a calm list, and maybe some of its placements: those cannot be taken for gone. */
  doubt(
    state: ClusterState,
    node: NodeRecord,
    { entries, atMs }: { readonly entries: readonly DoubtfulInstance[]; readonly atMs: number },
  ): void {
    const { disturbance, count } = this.pace;
    for (const { name, instance } of entries) {
      const label = `${name ?? '?'}/${instance ?? '?'}`;
      const known = this.unreadable.get(label);
      if (known === undefined && this.unreadable.size >= maxStrangers) continue;
      this.unreadable.set(label, this.listed(known, atMs));
    }
    for (const placed of this.placed(state, node)) {
      const mayBeIt = ({ name, instance }: DoubtfulInstance): boolean =>
        (name ?? placed.name) === placed.name && (instance ?? placed.instance) === placed.instance;
      if (entries.some(mayBeIt)) this.of(placed.key).doubted = { atMs, disturbance, count };
    }
  }

  private listed(known: Listed | undefined, nowMs: number): Listed {
    const { disturbance, count } = this.pace;
    return { sinceMs: known?.sinceMs ?? nowMs, lastMs: nowMs, disturbance, count };
  }

  private lookAt(state: ClusterState, node: NodeRecord): void {
    this.record = node;
    this.byName = new Map();
    const placements: PlacementRecord[] = [];
    const keys = state.placementsOfNode.of(node.id);
    for (const key of keys) {
      const placement = state.placements.get(key);
      if (placement !== undefined) placements.push(placement);
    }
    placements.sort((a, b) => a.generation - b.generation);
    this.all = placements.map(({ job: id, number, generation }) => {
      const name = nameOfJob(state, id);
      const placed: Placed = {
        name,
        instance: number,
        label: `${name}/${number}`,
        key: placementKey(id, number, generation),
        instanceKey: instanceKey(id, number),
      };
      const numbers = this.byName.get(name) ?? new Map<number, Placed>();
      this.byName.set(name, numbers);
      if (!numbers.has(number)) numbers.set(number, placed);
      return placed;
    });
    for (const key of this.evidence.keys()) if (!keys.has(key)) this.evidence.delete(key);
  }
}

export function nameOfJob({ jobs }: ClusterState, id: string): string {
  const job = jobs.get(id);
  return job === undefined ? id : nameOf(job);
}

/** Its start was sent, by us or maybe by another; or it is known to be there. */
export function isSent(
  { key, placement, evidence }: Known,
  inherited: ReadonlySet<string>,
): boolean {
  const { wanted, lost, runningSince } = placement;
  if (!wanted || lost || runningSince > 0 || inherited.has(key)) return true;
  return (evidence?.startSentMs ?? null) !== null;
}
