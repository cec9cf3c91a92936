import type { DecisionReads, HeldPort, Resources } from '@oakring/contracts';
import { resourcesAt } from '../nodes/amounts.js';
import { takenIn, type Room, type RoomColumn } from '../nodes/room.js';
import type { Candidates } from './candidates.js';

/** Entries that a decision tells at most, of some 50 bytes each. */
const mostEntries = 256;

/** What tells apart what was there before the job from what its plan has changed. By slot. */
export interface Before {
  /** Instances of the job: before it was planned, and with those of the plan. */
  readonly present: ReadonlyMap<number, number>;
  readonly presentNow: ReadonlyMap<number, number>;
  /** What is lent to the job, and where. */
  readonly lent: Lent | undefined;
  /** Taken of the ports that it asks for, by node; null: it asks for none. */
  readonly ports: ReadonlyMap<string, readonly HeldPort[]> | null;
}

export interface Lent {
  readonly slot: number;
  readonly amounts: readonly number[];
}

/** What a plan read beside the ledger; null where that is of too many nodes. */
export function readsOf(
  { asked, room, isUntold }: Candidates,
  before: Before,
): DecisionReads | null {
  const { columns, looked, nodes } = room;
  const { ids, inUse, rules } = nodes;
  const foreign: Entry<Resources>[] = [];
  const taken: Entry<Resources>[] = [];
  const present: Entry<number>[] = [];
  const placed: Entry<number>[] = [];
  for (let place = 0; place < looked.size; place += 1) {
    const slot = looked.slots[place] ?? 0;
    const id = ids[slot] ?? '';
    const used = inUse[slot] ?? null;
    if (used !== null) foreign.push({ id, read: used });
    if (slot === before.lent?.slot || isAnyTaken(columns, slot)) {
      const gone = goneAt(columns, asked, before, slot);
      if (gone.some((amount) => amount !== 0)) {
        taken.push({ id, read: resourcesAt(rules, gone) });
      }
    }
    const there = before.present.get(slot) ?? 0;
    if (there > 0) present.push({ id, read: there });
    if (room.placed.size > 0) {
      const others = placedBefore(room, isUntold, before, slot);
      if (others > 0) placed.push({ id, read: others });
    }
    const entries = foreign.length + taken.length + present.length + placed.length;
    if (entries > mostEntries) return null;
  }
  const reads = { foreign: byId(foreign), taken: byId(taken), present: byId(present) };
  const beside = placed.length === 0 ? reads : { ...reads, placed: byId(placed) };
  return before.ports === null ? beside : withPorts(beside, before.ports);
}

function withPorts(
  reads: DecisionReads,
  ports: ReadonlyMap<string, readonly HeldPort[]>,
): DecisionReads | null {
  if (ports.size > mostEntries) return null;
  if (ports.size === 0) return reads;
  return { ...reads, ports: byId([...ports].map(([id, read]) => ({ id, read }))) };
}

interface Entry<T> {
  readonly id: string;
  readonly read: T;
}

/** As `Object.fromEntries`, in a third of its time: there are some dozens in each decision. */
function byId<T>(entries: readonly Entry<T>[]): Readonly<Record<string, T>> {
  // The one name that cannot be assigned; it may be an id.
  if (entries.some(({ id }) => id === '__proto__')) {
    return Object.fromEntries(entries.map(({ id, read }) => [id, read]));
  }
  const made: Record<string, T> = {};
  // oxlint-disable-next-line oakring/no-grown-object -- nothing is read of it before it is whole
  for (const { id, read } of entries) made[id] = read;
  return made;
}

function isAnyTaken(columns: readonly RoomColumn[], slot: number): boolean {
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column !== undefined && takenIn(column, slot) !== 0) return true;
  }
  return false;
}

/** How many placements that reserve none of something jobs before this one have put there. */
function placedBefore(
  { placed }: Room,
  isUntold: boolean,
  { lent, present, presentNow }: Before,
  slot: number,
): number {
  const own = isUntold ? (presentNow.get(slot) ?? 0) - (present.get(slot) ?? 0) : 0;
  // The one that is lent is the ledger's.
  const held = lent?.slot === slot ? 1 : 0;
  return (placed.get(slot) ?? 0) - own + held;
}

/** What jobs before this one had taken there: without what is lent to it, and without its own. */
function goneAt(
  columns: readonly RoomColumn[],
  asked: readonly number[],
  { lent, present, presentNow }: Before,
  slot: number,
): number[] {
  const placed = (presentNow.get(slot) ?? 0) - (present.get(slot) ?? 0);
  return columns.map((column, at) => {
    const held = lent?.slot === slot ? (lent.amounts[at] ?? 0) : 0;
    return takenIn(column, slot) - placed * (asked[at] ?? 0) + held;
  });
}
