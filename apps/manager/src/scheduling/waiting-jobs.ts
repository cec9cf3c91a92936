import type { NodeFacts, Resources } from '@oakring/contracts';
import { freeOf, whyNot } from '@oakring/placement';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';
import { type Changes, type ClusterState, type JobRecord, factsOf } from '@oakring/model';
import { nextGroup } from './next-group.js';

/** A node that changed, and what is free on it by reservations and by what else it is busy with. */
interface Changed {
  readonly facts: NodeFacts;
  /** Less what those take that are asked about because of it. */
  free: Resources;
}

const nobody: ReadonlySet<string> = new Set();

/**
 * Jobs with pending instances that nothing can be done about now, and which of them a change helps:
 * what waits for room is asked about again when a node that changed could take it, by the same
 * filters as in planning; what waits for its own placements to end, when they have ended. All others
 * cost one comparison a look. No more are asked about than would fill the room: the first in line;
 * where they leave some of it, the next ones are.
 */
export class WaitingJobs {
  /** In the order in which they were refused. */
  private readonly forRoom = new Set<string>();
  private readonly forEnds = new Set<string>();
  private readonly anyway = new Set<string>();
  private changed = new Set<string>();
  /** Changes that a call to the scheduler which is under way may not have seen. */
  private readonly sinceAsked = new Set<string>();
  private seenReading = 0;

  constructor(
    private readonly state: () => ClusterState,
    private readonly telemetry: Pick<TelemetryTable, 'foreignSince' | 'foreignOf'>,
  ) {}

  get size(): number {
    return this.forRoom.size + this.forEnds.size + this.anyway.size;
  }

  has(job: string): boolean {
    return this.forRoom.has(job) || this.forEnds.has(job) || this.anyway.has(job);
  }

  delete(job: string): void {
    for (const each of [this.forRoom, this.forEnds, this.anyway]) each.delete(job);
  }

  /** No node can take it. */
  waitForRoom(job: string): void {
    this.forRoom.add(job);
  }

  /** It must not start beside what may run still. */
  waitForEnds(job: string): void {
    this.forEnds.add(job);
  }

  /** To be asked about with the next ones, whatever changes. */
  waitAMoment(job: string): void {
    this.anyway.add(job);
  }

  /** To be told of each commit. True when it may help one that waits. */
  notice({ nodes }: Changes): boolean {
    for (const id of nodes) {
      if (this.size > 0) this.changed.add(id);
      this.sinceAsked.add(id);
    }
    return this.changed.size > 0;
  }

  /** A call to the scheduler begins. */
  asking(): void {
    this.sinceAsked.clear();
  }

  /** It has ended. True when something changed meanwhile that its answers may not know. */
  asked(): boolean {
    for (const id of this.sinceAsked) this.changed.add(id);
    return this.sinceAsked.size > 0;
  }

  /** Takes out those that may be placed now, and forgets the changes. */
  takeHelped(): string[] {
    const { newest, foreign } = this.telemetry.foreignSince(this.seenReading);
    this.seenReading = newest;
    for (const { id } of foreign) {
      this.changed.add(id);
      this.sinceAsked.add(id);
    }
    const helped = [...this.anyway, ...this.endedOf(), ...this.roomFor(this.takeChanged())];
    for (const job of helped) this.delete(job);
    return helped;
  }

  /** Takes out those that have waited longest, whatever changed. */
  takeOldest(most: number): string[] {
    // Whether its own have ended is known; whether there is room is the scheduler's to say.
    const oldest = [...this.forRoom, ...this.forEnds].slice(0, most);
    for (const job of oldest) this.delete(job);
    return oldest;
  }

  private endedOf(): string[] {
    const state = this.state();
    return [...this.forEnds].filter((id) => {
      const job = state.jobs.get(id);
      return job === undefined || nextGroup(state, job, 1).instances > 0;
    });
  }

  /** Nodes that changed and take instances, with what is free there. */
  private takeChanged(): ReadonlyMap<string, Changed> {
    const { nodes } = this.state();
    const found = new Map<string, Changed>();
    for (const id of this.changed) {
      const node = nodes.get(id);
      const facts = node === undefined ? undefined : factsOf(node);
      if (facts?.status !== 'ready' || !facts.open) continue;
      found.set(id, { facts, free: freeOf(facts, this.telemetry.foreignOf(id)) });
    }
    this.changed = new Set();
    return found;
  }

  private *roomFor(changed: ReadonlyMap<string, Changed>): Generator<string> {
    const all = [...changed.values()];
    // What is larger than all of them are fits none of them: that is one comparison.
    let [mostCpu, mostMemory] = [-1, -1];
    for (const { free } of all) {
      mostCpu = Math.max(mostCpu, free.cpuMillis);
      mostMemory = Math.max(mostMemory, free.memoryMiB);
    }
    /** By what jobs want: the first node that may take one. Room only shrinks, so it never comes back. */
    const firsts = new Map<string, number>();
    const { jobs } = this.state();
    for (const id of this.forRoom) {
      const job = jobs.get(id);
      if (job !== undefined) {
        const { cpuMillis, memoryMiB } = job.resources;
        if (cpuMillis > mostCpu || memoryMiB > mostMemory) continue;
        const node = firstFor(job, { all, changed, firsts });
        if (node === undefined) continue;
        this.fill(node, job);
      }
      yield id;
    }
  }

  private fill(node: Changed, { id, resources }: JobRecord): void {
    const instances = Math.max(1, this.state().pendingOfJob.sizeOf(id));
    node.free = {
      cpuMillis: Math.max(0, node.free.cpuMillis - instances * resources.cpuMillis),
      memoryMiB: Math.max(0, node.free.memoryMiB - instances * resources.memoryMiB),
    };
    // They may find another place, or none: then what is free here is for the next in line.
    this.changed.add(node.facts.id);
  }
}

function firstFor(
  job: JobRecord,
  {
    all,
    changed,
    firsts,
  }: {
    readonly all: readonly Changed[];
    readonly changed: ReadonlyMap<string, Changed>;
    readonly firsts: Map<string, number>;
  },
): Changed | undefined {
  const takes = ({ facts, free }: Changed) => whyNot(facts, job, nobody, free) === null;
  // One that names its node has no other.
  for (const constraint of job.constraints) {
    if (constraint.type !== 'direct') continue;
    const named = changed.get(constraint.node);
    return named !== undefined && takes(named) ? named : undefined;
  }
  const wanted = whatItWants(job);
  let at = firsts.get(wanted) ?? 0;
  for (let node = all[at]; node !== undefined && !takes(node); node = all[at]) at += 1;
  firsts.set(wanted, at);
  return all[at];
}

const wants = new WeakMap<JobRecord, string>();

/** All that the filters ask of a job; a record never changes. */
function whatItWants(job: JobRecord): string {
  const known = wants.get(job);
  if (known !== undefined) return known;
  const { technology, resources, labels, constraints, enforcesStop } = job;
  const wanted = JSON.stringify([technology, resources, labels, constraints, enforcesStop]);
  wants.set(job, wanted);
  return wanted;
}
