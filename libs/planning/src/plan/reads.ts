import type { DecisionReads, Resources } from '@oakring/contracts';
import { resourcesAt } from '../nodes/amounts.js';
import type { Candidates } from './candidates.js';

/** Entries that a decision tells at most, of some 50 bytes each. */
const mostEntries = 256;

/** What was there before the job: to be taken before it is planned, for the slots that it looks at. */
export interface Before {
  /** Of a resource, by slot: without what is lent to the job, and without its own. */
  taken(resource: number, slot: number): number;
  present(slot: number): number;
}

/** What a plan read beside the ledger; null where that is of too many nodes. */
export function readsOf({ looked, room }: Candidates, before: Before): DecisionReads | null {
  const { ids, foreign: columns, rules } = room.nodes;
  const foreign = new Map<string, Resources>();
  const taken = new Map<string, Resources>();
  const present = new Map<string, number>();
  for (const slot of looked) {
    const id = ids[slot] ?? '';
    const used = (at: number): number => columns[at]?.[slot] ?? 0;
    const gone = (at: number): number => before.taken(at, slot);
    if (rules.resources.some((_name, at) => used(at) !== 0)) {
      foreign.set(id, resourcesAt(rules, used));
    }
    if (rules.resources.some((_name, at) => gone(at) !== 0))
      taken.set(id, resourcesAt(rules, gone));
    if (before.present(slot) > 0) present.set(id, before.present(slot));
    if (foreign.size + taken.size + present.size > mostEntries) return null;
  }
  return {
    foreign: Object.fromEntries(foreign),
    taken: Object.fromEntries(taken),
    present: Object.fromEntries(present),
  };
}
