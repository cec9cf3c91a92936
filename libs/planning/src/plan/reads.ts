import type { DecisionReads, Resources } from '@oakring/contracts';
import { resourcesAt } from '../nodes/amounts.js';
import type { RoomColumn } from '../nodes/room.js';
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
}

export interface Lent {
  readonly slot: number;
  readonly amounts: readonly number[];
}

/** What a plan read beside the ledger; null where that is of too many nodes. */
export function readsOf({ asked, room }: Candidates, before: Before): DecisionReads | null {
  const { columns, looked, nodes } = room;
  const { ids, rules } = nodes;
  const { lent } = before;
  const foreign = new Map<string, Resources>();
  const taken = new Map<string, Resources>();
  const present = new Map<string, number>();
  for (let place = 0; place < looked.size; place += 1) {
    const slot = looked.slots[place] ?? 0;
    if (isAnyForeign(columns, slot)) {
      const used = columns.map((column) => column.foreign[slot] ?? 0);
      foreign.set(ids[slot] ?? '', resourcesAt(rules, used));
    }
    if (slot === lent?.slot || isAnyTaken(columns, slot)) {
      const gone = goneAt(columns, asked, before, slot);
      if (gone.some((amount) => amount !== 0)) {
        taken.set(ids[slot] ?? '', resourcesAt(rules, gone));
      }
    }
    const there = before.present.get(slot) ?? 0;
    if (there > 0) {
      present.set(ids[slot] ?? '', there);
    }
    if (foreign.size + taken.size + present.size > mostEntries) return null;
  }
  return {
    foreign: Object.fromEntries(foreign),
    taken: Object.fromEntries(taken),
    present: Object.fromEntries(present),
  };
}

function isAnyForeign(columns: readonly RoomColumn[], slot: number): boolean {
  for (let at = 0; at < columns.length; at += 1) {
    if (columns[at]?.foreign[slot] !== 0) return true;
  }
  return false;
}

function isAnyTaken(columns: readonly RoomColumn[], slot: number): boolean {
  for (let at = 0; at < columns.length; at += 1) {
    if (columns[at]?.taken[slot] !== 0) return true;
  }
  return false;
}

/** What jobs before this one had taken there: without what is lent to it, and without its own. */
function goneAt(
  columns: readonly RoomColumn[],
  asked: readonly number[],
  { lent, present, presentNow }: Before,
  slot: number,
): number[] {
  const placed = (presentNow.get(slot) ?? 0) - (present.get(slot) ?? 0);
  return columns.map(({ taken }, at) => {
    const held = lent?.slot === slot ? (lent.amounts[at] ?? 0) : 0;
    return (taken[slot] ?? 0) - placed * (asked[at] ?? 0) + held;
  });
}
