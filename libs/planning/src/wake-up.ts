import type { Requirement, Resources } from '@oakring/contracts';
import { testsFor } from './fits.js';

/** What must be true of a node that changed before it can help a job that waits. */
export interface Hope {
  /** It is one of these; null: it may be any. */
  readonly named: readonly string[] | null;
  /** It has as much of each free. */
  readonly room: readonly { readonly resource: string; readonly atLeast: number }[];
  /** All that the filters ask of the job: those that ask the same are helped by the same. */
  readonly asks: string;
}

const known = new WeakMap<Requirement, Hope>();

/** What the filters together say of a job; a record never changes. */
export function hopeOf(requirement: Requirement): Hope {
  const before = known.get(requirement);
  if (before !== undefined) return before;
  let named: readonly string[] | null = null;
  const room: { resource: string; atLeast: number }[] = [];
  const asks: unknown[] = [];
  for (const { filter, asked, wokenBy } of testsFor(requirement)) {
    asks.push(filter.name, asked);
    switch (wokenBy.by) {
      case 'named': {
        const before: readonly string[] = named ?? wokenBy.ids;
        named = before.filter((id) => wokenBy.ids.includes(id));
        break;
      }
      case 'room':
        room.push(wokenBy);
        break;
      case 'node':
      case 'asking':
        break;
    }
  }
  const hope = { named, room, asks: JSON.stringify(asks) };
  known.set(requirement, hope);
  return hope;
}

/** Whether there is as much of each as it waits for. */
export function hasRoomFor({ room }: Hope, free: Resources): boolean {
  const amounts: Readonly<Record<string, number>> = free;
  return room.every(({ resource, atLeast }) => (amounts[resource] ?? 0) >= atLeast);
}
