import {
  nameOf,
  placementKey,
  type ClusterState,
  type NodeRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { DoubtfulInstance } from '../wires/dialect.port.js';
import { noEvidence, type Evidence } from './evidence.js';
import type { Pace } from './pace.js';
import { periodMs } from './period.js';

/** Instances that nobody ordered there, remembered of a node. */
const maxStrangers = 100;

/** Something that is listed and is none of the node's placements. */
export interface Stranger {
  readonly name: string;
  readonly instance: number;
  readonly sinceMs: number;
  readonly lastMs: number;
}

/** What one start of a node's worker shows and says: forgotten with the start, and with the term. */
export class NodeSight {
  readonly evidence = new Map<string, Evidence>();
  readonly strangers = new Map<string, Stranger>();
  /** Commands of it that are not decided yet; what is heard meanwhile is judged after. */
  underWay = 0;
  isDue = false;
  /** What was last told, and until when the same is not told again. */
  told: { readonly what: string; readonly untilMs: number; readonly waitMs: number } | null = null;
  private record: NodeRecord | null = null;
  private keys = new Map<string, string[]>();

  constructor(
    readonly incarnation: number,
    readonly pace: Pace,
  ) {}

  /** Nothing of its name and number is there that was placed before it: only the first one is ordered. */
  isFirst(
    state: ClusterState,
    node: NodeRecord,
    { job, number, generation }: Pick<PlacementRecord, 'job' | 'number' | 'generation'>,
  ): boolean {
    const first = this.keyOf(state, node, { name: nameOfJob(state, job), instance: number });
    return first === placementKey(job, number, generation);
  }

  /**
   * The key of the placement that a name and number mean: the same text each time, which is found sooner than
   * one made anew. Of two of an instance on one node nothing is ordered of the later one before the earlier
   * one has ended, so it is the earlier one.
   */
  keyOf(
    state: ClusterState,
    node: NodeRecord,
    { name, instance }: { readonly name: string; readonly instance: number },
  ): string | undefined {
    // A node's record changes with each placement that comes or goes.
    if (this.record !== node) this.lookAt(state, node);
    return this.keys.get(`${name}/${instance}`)?.[0];
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
    const isNew = known === undefined || nowMs - known.lastMs > 2 * periodMs;
    this.strangers.set(key, {
      ...{ name, instance },
      sinceMs: isNew ? nowMs : known.sinceMs,
      lastMs: nowMs,
    });
  }

  forgetStrangers(nowMs: number): void {
    for (const [key, { lastMs }] of this.strangers) {
      if (nowMs - lastMs > 2 * periodMs) this.strangers.delete(key);
    }
  }

  /** Listed by a calm list, and maybe some of its placements: those cannot be taken for gone. */
  doubt(
    state: ClusterState,
    node: NodeRecord,
    { entries, atMs }: { readonly entries: readonly DoubtfulInstance[]; readonly atMs: number },
  ): void {
    if (this.record !== node) this.lookAt(state, node);
    const { disturbance, count } = this.pace;
    for (const [what, keys] of this.keys) {
      const cut = what.lastIndexOf('/');
      const [known, number] = [what.slice(0, cut), Number(what.slice(cut + 1))];
      const mayBeIt = ({ name, instance }: DoubtfulInstance): boolean =>
        (name ?? known) === known && (instance ?? number) === number;
      if (!entries.some(mayBeIt)) continue;
      for (const key of keys) this.of(key).doubted = { atMs, disturbance, count };
    }
  }

  private lookAt(state: ClusterState, node: NodeRecord): void {
    this.record = node;
    this.keys = new Map();
    const placements: PlacementRecord[] = [];
    for (const key of state.placementsOfNode.of(node.id)) {
      const placement = state.placements.get(key);
      if (placement !== undefined) placements.push(placement);
    }
    placements.sort((a, b) => a.generation - b.generation);
    const keys = new Set<string>();
    for (const { job: id, number, generation } of placements) {
      const name = `${nameOfJob(state, id)}/${number}`;
      const key = placementKey(id, number, generation);
      keys.add(key);
      this.keys.set(name, [...(this.keys.get(name) ?? []), key]);
    }
    for (const key of this.evidence.keys()) if (!keys.has(key)) this.evidence.delete(key);
  }
}

export function nameOfJob({ jobs }: ClusterState, id: string): string {
  const job = jobs.get(id);
  return job === undefined ? id : nameOf(job);
}
