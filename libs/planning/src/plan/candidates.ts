import type { FilterCounts } from '@oakring/contracts';
import type { Demand, Make, Test } from '../filters/filter.js';
import { testsOf } from '../fits.js';
import { amountsOf } from '../nodes/amounts.js';
import type { NodeColumns } from '../nodes/node-columns.js';
import { freeIn, type Room, type RoomColumn } from '../nodes/room.js';

/** Every node looked at when not one more instance fits: the bounded full scan before a "no". */
export interface Survey {
  readonly filtered: FilterCounts;
  /** The slot that only capacity keeps from fitting and that lacks the least share; -1 without one. */
  readonly nearest: number;
  /** Without such a slot: the first one that gets furthest through the filters. */
  readonly furthest: number;
}

/** Tests of what nodes are, one behind another: decided once per make and remembered. */
interface MakeStep {
  readonly of: 'make';
  readonly tests: Extract<Test, { judges: 'state' | 'make' }>[];
  /** By the make's number: the test that it fails. */
  readonly verdicts: (Test | 'none' | undefined)[];
}
type Step =
  | MakeStep
  | { readonly of: 'name'; readonly test: Extract<Test, { judges: 'name' }> }
  | {
      readonly of: 'room';
      readonly test: Extract<Test, { judges: 'room' }>;
      readonly column: RoomColumn;
    };

/** Which nodes can take one more instance of a job: the filters, on columns. */
export class Candidates {
  private readonly nodes: NodeColumns;
  private readonly tests: readonly Test[];
  private readonly steps: readonly Step[];
  /** What an instance takes, by resource. */
  readonly asked: readonly number[];
  /** The only nodes that the job may go to; null: any. */
  readonly named: readonly string[] | null;

  constructor(
    readonly room: Room,
    demand: Demand,
  ) {
    this.nodes = room.nodes;
    const { rules } = this.nodes;
    room.looked.begin();
    this.tests = testsOf(demand, rules);
    this.steps = stepsOf(this.tests, room);
    this.asked = amountsOf(rules, demand.requirement.resources);
    this.named = namedBy(this.tests);
  }

  /** The slot of the one node that the job names, or -1 if it is not there; null without a name. */
  namedSlot(): number | null {
    return this.named === null ? null : (this.nodes.slotOf.get(this.named[0] ?? '') ?? -1);
  }

  /** The first test that a node fails. */
  failure(slot: number): Test | null {
    const { nodes, room, steps } = this;
    for (let at = 0; at < steps.length; at += 1) {
      const step = steps[at];
      switch (step?.of) {
        case 'make': {
          const make = nodes.make[slot] ?? 0;
          const failed = step.verdicts[make] ?? this.verdictOf(step, make);
          if (failed !== 'none') return failed;
          break;
        }
        case 'name':
          if (!step.test.passes(nodes.ids[slot] ?? '')) return step.test;
          break;
        case 'room':
          room.looked.look(slot);
          if (freeIn(step.column, slot) < step.test.atLeast) return step.test;
          break;
        case undefined:
      }
    }
    // One that asks for nothing is rated by what is free all the same.
    room.looked.look(slot);
    return null;
  }

  fits(slot: number): boolean {
    return this.failure(slot) === null;
  }

  makeAt(slot: number): Make | undefined {
    return this.nodes.makes[this.nodes.make[slot] ?? 0];
  }

  survey(): Survey {
    const counts = new Counts();
    let nearest = -1;
    let leastLack = Number.POSITIVE_INFINITY;
    let furthest = -1;
    let furthestRank = -1;
    for (let slot = 0; slot < this.nodes.count; slot += 1) {
      const failed = this.failure(slot);
      if (failed === null) continue;
      counts.count(failed);
      // The first of equals stays: the lowest id.
      if (failed.judges === 'room') {
        const lack = this.lackOf(slot);
        if (lack >= leastLack) continue;
        nearest = slot;
        leastLack = lack;
      } else {
        const rank = this.tests.indexOf(failed);
        if (rank <= furthestRank) continue;
        furthest = slot;
        furthestRank = rank;
      }
    }
    return { filtered: counts.byName, nearest, furthest };
  }

  private verdictOf({ tests, verdicts }: MakeStep, number: number): Test | 'none' {
    const make = this.nodes.makes[number];
    const failed = make === undefined ? undefined : tests.find((test) => !test.passes(make));
    const verdict = failed ?? 'none';
    verdicts[number] = verdict;
    return verdict;
  }

  /** How far a node is from fitting: the largest share of the request that is missing, per mille. */
  private lackOf(slot: number): number {
    let largest = 0;
    for (let at = 0; at < this.asked.length; at += 1) {
      const wanted = this.asked[at] ?? 0;
      const lack = Math.max(0, wanted - this.room.free(at, slot));
      largest = Math.max(largest, wanted === 0 ? 0 : Math.ceil((lack * 1000) / wanted));
    }
    return largest;
  }
}

function namedBy(tests: readonly Test[]): readonly string[] | null {
  for (const { wokenBy } of tests) if (wokenBy.by === 'named') return wokenBy.ids;
  return null;
}

function stepsOf(tests: readonly Test[], { columns, nodes }: Room): Step[] {
  const steps: Step[] = [];
  for (const test of tests) {
    const last = steps.at(-1);
    if (test.judges === 'name') steps.push({ of: 'name', test });
    else if (test.judges === 'room') {
      const column = columns[nodes.rules.resources.indexOf(test.resource)];
      if (column !== undefined) steps.push({ of: 'room', test, column });
    } else if (last?.of === 'make') {
      last.tests.push(test);
    } else steps.push({ of: 'make', tests: [test], verdicts: [] });
  }
  return steps;
}

/** How many nodes were passed over, by the name of the filter. */
export class Counts {
  readonly byName: Record<string, number> = {};

  count({ filter: { name } }: Test): void {
    this.byName[name] = (this.byName[name] ?? 0) + 1;
  }
}
