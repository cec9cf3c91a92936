import type { FilterCounts } from '@oakring/contracts';
import { disk } from '../filters/disk.js';
import { features } from '../filters/features.js';
import { eachIn, type Demand, type Filter, type Make, type Test } from '../filters/filter.js';
import { host } from '../filters/host.js';
import { ports } from '../filters/ports.js';
import { testsOf } from '../fits.js';
import { amountsOf } from '../nodes/amounts.js';
import type { NodeColumns } from '../nodes/node-columns.js';
import type { Looked } from '../nodes/looked.js';
import { freeIn, type Counted, type Room, type RoomColumn } from '../nodes/room.js';

/** Every node looked at when not one more instance fits: the bounded full scan before a "no". */
export interface Survey {
  readonly filtered: FilterCounts;
  /** The slot that only capacity keeps from fitting and that lacks the least share; -1 without one. */
  readonly nearest: number;
  /** Without such a slot: the first one that gets furthest through the filters. */
  readonly furthest: number;
}

/** Where a test stands in the order in which a node is looked at. */
interface Placed {
  readonly place: number;
}
interface NameStep extends Placed {
  readonly test: Extract<Test, { judges: 'name' }>;
}
interface SizeStep extends Placed {
  readonly test: Extract<Test, { judges: 'room' | 'size' }>;
  readonly column: RoomColumn;
}
interface HeldStep extends Placed {
  readonly test: Extract<Test, { judges: 'held' }>;
}
interface RoomStep {
  readonly test: Extract<Test, { judges: 'room' | 'size' }>;
  readonly column: RoomColumn;
  readonly atLeast: number;
}

/** What the policies of before did not look at. */
const sinceNeeds: ReadonlySet<Filter> = new Set([disk, features, ports]);

/** Which nodes can take one more instance of a job: the filters, on columns. */
export class Candidates {
  private readonly nodes: NodeColumns;
  private readonly looked: Looked;
  private readonly tests: readonly Test[];
  /** By the make's number: 0 before anyone asked, then one more than the place of the test that it fails. */
  private readonly verdicts: Uint8Array;
  private readonly names: NameStep[] = [];
  private readonly held: HeldStep[] = [];
  private readonly sizes: SizeStep[] = [];
  private readonly rooms: RoomStep[] = [];
  /** What an instance takes, by resource. */
  readonly asked: readonly number[];
  readonly counted: readonly Counted[];
  /** Ports of its node that an instance has to itself. */
  readonly ports: readonly string[];
  /** It reserves none of something that everybody has: what it takes is told by its number alone. */
  readonly isUntold: boolean;
  /** The only nodes that the job may go to; null: any. */
  readonly named: readonly string[] | null;

  constructor(
    readonly room: Room,
    demand: Demand,
  ) {
    const { columns, nodes } = room;
    const { rules } = nodes;
    this.nodes = nodes;
    this.looked = room.looked;
    const isLooked = ({ filter }: Test): boolean => !sinceNeeds.has(filter);
    const tests = testsOf(demand, rules);
    this.tests = room.ways.looksAtNeeds ? tests : tests.filter(isLooked);
    this.verdicts = new Uint8Array(nodes.makes.length);
    for (const [place, test] of this.tests.entries()) {
      if (test.judges === 'name') this.names.push({ place, test });
      if (test.judges === 'held') this.held.push({ place, test });
      if (test.judges !== 'room' && test.judges !== 'size') continue;
      const column = columns[rules.resources.indexOf(test.resource)];
      if (column === undefined) continue;
      if (test.judges === 'size') this.sizes.push({ place, test, column });
      else this.rooms.push({ test, column, atLeast: test.atLeast });
    }
    this.asked = amountsOf(rules, demand.requirement.resources);
    this.ports = this.held.flatMap(({ test }) => test.ports);
    this.counted = room.countedFor(this.asked);
    this.isUntold = this.counted.some(({ nominal }) => nominal > 0);
    this.named = namedBy(this.tests);
  }

  /** The slot of the one node that the job names, or -1 if it is not there; null without a name. */
  namedSlot(): number | null {
    return this.named === null ? null : (this.nodes.slotOf.get(this.named[0] ?? '') ?? -1);
  }

  /** Says so where no machine is called what the job names; null: one is, or it names none. */
  unknownHosts(): string | null {
    const { ids, names, count } = this.nodes;
    const step = this.names.find(({ test }) => test.filter === host);
    if (step === undefined) return null;
    for (let slot = 0; slot < count; slot += 1) {
      if (step.test.passes(ids[slot] ?? '', names[slot] ?? '')) return null;
    }
    return `No node is called ${eachIn(step.test.asked as readonly (readonly string[])[])}.`;
  }

  /** The first test that a node fails. Whoever passes all others is looked at for its room. */
  failure(slot: number): Test | null {
    const { names, nodes, rooms, tests } = this;
    const make = nodes.make[slot] ?? 0;
    let place = (this.verdicts[make] || this.verdictOf(make)) - 1;
    for (let at = 0; at < names.length; at += 1) {
      const step = names[at];
      if (step === undefined || step.place > place) break;
      if (!step.test.passes(nodes.ids[slot] ?? '', nodes.names[slot] ?? '')) place = step.place;
    }
    for (const step of this.held) {
      if (step.place > place) break;
      if (!step.test.passes(this.room.heldAt(slot))) place = step.place;
    }
    for (const step of this.sizes) {
      if (step.place > place) break;
      if ((step.column.capacity[slot] ?? 0) < step.test.atLeast) place = step.place;
    }
    if (place < tests.length) return tests[place] ?? null;
    this.looked.look(slot);
    for (let at = 0; at < rooms.length; at += 1) {
      const step = rooms[at];
      if (step !== undefined && freeIn(step.column, slot) < step.atLeast) return step.test;
    }
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
    let failedThere: Test | null = null;
    for (let slot = 0; slot < this.nodes.count; slot += 1) {
      const failed = this.failure(slot);
      if (failed === null) continue;
      counts.count(failed);
      // The first of equals stays: the lowest id.
      if (failed.judges === 'room') {
        if (!this.lacksLess(slot, leastLack)) continue;
        nearest = slot;
        leastLack = this.lackOf(slot);
      } else if (failed !== failedThere && this.isLater(failed, failedThere)) {
        furthest = slot;
        failedThere = failed;
      }
    }
    return { filtered: counts.byName, nearest, furthest };
  }

  private isLater(test: Test, than: Test | null): boolean {
    return than === null || this.tests.indexOf(test) > this.tests.indexOf(than);
  }

  /** Of a make's own, once for all nodes of it: one more than the place of the first test that it fails. */
  private verdictOf(number: number): number {
    const make = this.nodes.makes[number];
    let place = 0;
    for (const test of this.tests) {
      const isOfMake = test.judges === 'state' || test.judges === 'make';
      if (isOfMake && make !== undefined && !test.passes(make)) break;
      place += 1;
    }
    this.verdicts[number] = place + 1;
    return place + 1;
  }

  /** Whether `lackOf` would be less, without a division. */
  private lacksLess(slot: number, than: number): boolean {
    for (let at = 0; at < this.counted.length; at += 1) {
      const here = this.counted[at];
      if (here === undefined || here.wanted === 0) continue;
      const lack = here.wanted - freeIn(here.column, slot);
      if (lack > 0 && lack * 1000 > (than - 1) * here.wanted) return false;
    }
    return true;
  }

  /** How far a node is from fitting: the largest share of the request that is missing, per mille. */
  private lackOf(slot: number): number {
    let largest = 0;
    for (const { column, wanted } of this.counted) {
      const lack = Math.max(0, wanted - freeIn(column, slot));
      largest = Math.max(largest, wanted === 0 ? 0 : Math.ceil((lack * 1000) / wanted));
    }
    return largest;
  }
}

function namedBy(tests: readonly Test[]): readonly string[] | null {
  for (const { wokenBy } of tests) if (wokenBy.by === 'named') return wokenBy.ids;
  return null;
}

/** How many nodes were passed over, by the name of the filter. */
export class Counts {
  private readonly counts: Record<string, number> = {};
  /** Nodes that fail one test lie behind one another: they are entered together. */
  private test: Test | null = null;
  private behind = 0;

  count(test: Test): void {
    if (test !== this.test) this.enter();
    this.test = test;
    this.behind += 1;
  }

  get byName(): FilterCounts {
    this.enter();
    return this.counts;
  }

  private enter(): void {
    if (this.test === null || this.behind === 0) return;
    const { name } = this.test.filter;
    this.counts[name] = (this.counts[name] ?? 0) + this.behind;
    this.behind = 0;
  }
}
