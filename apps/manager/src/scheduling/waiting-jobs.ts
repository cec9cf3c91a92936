import type { NodeFacts, Resources } from '@oakring/contracts';
import { freeOf, whyNot } from '@oakring/placement';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';
import type { Changes } from '../views/changes.js';
import type { ClusterState } from '../views/cluster-state.js';
import { factsOf } from '../views/node-changes.js';
import { nextGroup } from './next-group.js';

/** A node that changed, and what is free on it by reservations and by what else it is busy with. */
interface Changed {
  readonly facts: NodeFacts;
  readonly free: Resources;
}

const nobody: ReadonlySet<string> = new Set();

/**
 * Jobs with pending instances that nothing can be done about now, and which of them a change helps:
 * what waits for room is asked about again when a node that changed could take it, by the same
 * filters as in planning; what waits for its own placements to end, when they have ended. All others
 * cost one comparison a look.
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
    for (const { id } of foreign) this.changed.add(id);
    const helped = [...this.anyway, ...this.endedOf(), ...this.roomFor(this.takeChanged())];
    for (const job of helped) this.delete(job);
    return helped;
  }

  /** Takes out those that have waited longest, whatever changed. */
  takeOldest(most: number): string[] {
    const oldest = [...this.forEnds, ...this.forRoom].slice(0, most);
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

  private takeChanged(): Changed[] {
    const { nodes } = this.state();
    const found: Changed[] = [];
    for (const id of this.changed) {
      const node = nodes.get(id);
      if (node === undefined) continue;
      const facts = factsOf(node);
      found.push({ facts, free: freeOf(facts, this.telemetry.foreignOf(id)) });
    }
    this.changed = new Set();
    return found;
  }

  private *roomFor(changed: readonly Changed[]): Generator<string> {
    if (changed.length === 0) return;
    // What is larger than all of them are fits none of them: that is one comparison.
    const mostCpu = Math.max(...changed.map(({ free }) => free.cpuMillis));
    const mostMemory = Math.max(...changed.map(({ free }) => free.memoryMiB));
    const { jobs } = this.state();
    for (const id of this.forRoom) {
      const job = jobs.get(id);
      if (job !== undefined) {
        const { cpuMillis, memoryMiB } = job.resources;
        if (cpuMillis > mostCpu || memoryMiB > mostMemory) continue;
        if (!changed.some(({ facts, free }) => whyNot(facts, job, nobody, free) === null)) continue;
      }
      yield id;
    }
  }
}
