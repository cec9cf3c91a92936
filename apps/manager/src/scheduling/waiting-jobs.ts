import {
  minus,
  most,
  noResources,
  times,
  type NodeFacts,
  type Resources,
} from '@oakring/contracts';
import { freeOf, hasRoomFor, hopeOf, isOpen, testsFor, whyNot } from '@oakring/planning';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';
import { type Changes, type ClusterState, type JobRecord, factsOf } from '@oakring/model';
import { nextGroup } from './next-group.js';

/** A node that changed, and what is free on it by reservations and by what else it is busy with. */
interface Changed {
  readonly facts: NodeFacts;
  /** Less what those take that are asked about because of it. */
  free: Resources;
}

/**
 * Jobs with pending instances that nothing can be done about now, and which of them a change helps:
 * what waits for room is asked about again when a node that changed could take it, by the same
 * filters as in planning, which say what could help; what waits for its own placements to end, when
 * they have ended. All others cost one comparison a look. No more are asked about than would fill the room: the first in line;
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
      if (facts === undefined || !isOpen(facts)) continue;
      found.set(id, { facts, free: freeOf(facts, this.telemetry.foreignOf(id)) });
    }
    this.changed = new Set();
    return found;
  }

  private *roomFor(changed: ReadonlyMap<string, Changed>): Generator<string> {
    const all = [...changed.values()];
    // What is larger than all of them are fits none of them: that is one comparison.
    const largest = all.reduce((largest, { free }) => most(largest, free), noResources);
    const lines = new Map<string, Line>();
    const { jobs } = this.state();
    for (const id of this.forRoom) {
      const job = jobs.get(id);
      if (job !== undefined) {
        if (all.length === 0 || !hasRoomFor(hopeOf(job), largest)) continue;
        const node = firstFor(job, { all, changed, lines });
        if (node === undefined) continue;
        this.fill(node, job);
      }
      yield id;
    }
  }

  private fill(node: Changed, { id, resources }: JobRecord): void {
    const instances = Math.max(1, this.state().pendingOfJob.sizeOf(id));
    node.free = most(minus(node.free, times(instances, resources)), noResources);
    // They may find another place, or none: then what is free here is for the next in line.
    this.changed.add(node.facts.id);
  }
}

/** What those that ask the same are helped by: the first node that may take one of them. */
interface Line {
  readonly tests: ReturnType<typeof testsFor>;
  /** Room only shrinks, so a node that is passed over never comes back. */
  at: number;
}

function firstFor(
  job: JobRecord,
  {
    all,
    changed,
    lines,
  }: {
    readonly all: readonly Changed[];
    readonly changed: ReadonlyMap<string, Changed>;
    readonly lines: Map<string, Line>;
  },
): Changed | undefined {
  const { named, asks } = hopeOf(job);
  const line = lines.get(asks) ?? { tests: testsFor(job), at: 0 };
  lines.set(asks, line);
  const takes = ({ facts, free }: Changed) => whyNot(facts, line.tests, free) === null;
  if (named !== null) return named.flatMap((id) => changed.get(id) ?? []).find(takes);
  let node = all[line.at];
  for (; node !== undefined && !takes(node); node = all[line.at]) line.at += 1;
  return node;
}
